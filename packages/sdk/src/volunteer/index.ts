export type { Road } from '@manytabs/protocol';

import type { TaskBytes } from '../client/api.ts';
import type { Donation, DonationOptions } from './api.ts';
import { TabDonation } from './donation.ts';
import { equipTab, openSandbox } from './equip-tab.ts';
import { type Replayed, replayTask } from './replay-task.ts';

export type {
  Donation,
  DonationJob,
  DonationOptions,
  DonationPicture,
  DonationState,
  DonationView,
  DonationWork,
  Fault,
} from './api.ts';

export type { Replayed } from './replay-task.ts';

/** Runs a task again in a sandbox of this page, and compares what it gives as its job does. */
export async function replayHere(
  task: TaskBytes,
  index: number,
  options: { readonly url: string; readonly recorded: unknown },
): Promise<Replayed> {
  const runtime = await openSandbox({ url: options.url, workers: 1 });
  try {
    return await replayTask(runtime, task, index, options.recorded);
  } finally {
    runtime.close();
  }
}

/** A tab's donation to the grid at an address; idle until `start()`. */
export function createDonation(options: DonationOptions): Donation {
  return new TabDonation(options, equipTab);
}
