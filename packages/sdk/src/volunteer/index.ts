export type { Road } from '@manytabs/protocol';

import type { Donation, DonationOptions } from './api.ts';
import { TabDonation } from './donation.ts';
import { equipTab } from './equip-tab.ts';

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

/** A tab's donation to the grid at an address; idle until `start()`. */
export function createDonation(options: DonationOptions): Donation {
  return new TabDonation(options, equipTab);
}
