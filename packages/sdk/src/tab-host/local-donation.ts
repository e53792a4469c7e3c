import { SandboxRuntime } from '@manytabs/runtime';
import { openBrowserBlobs } from '@manytabs/storage/browser';
import { openIdentity } from '../identity/identity.ts';
import type { Donation, DonationOptions } from '../volunteer/api.ts';
import { TabDonation } from '../volunteer/donation.ts';
import { agentName } from '../volunteer/equip-tab.ts';
import type { TabHost } from './tab-host.ts';

/** The donation of the very tab that hosts the grid. */
export function createLocalDonation(host: TabHost, options: DonationOptions): Donation {
  return new TabDonation(options, async ({ workers }) => {
    const runtime = new SandboxRuntime({ workers });
    await runtime.selfTest();
    const identity = await openIdentity();
    const { blobs } = await openBrowserBlobs(`manytabs-${identity.volunteer}`);
    const transports = [host.road(identity.peer)];
    const agent = agentName(navigator.userAgent);
    return { identity, runtime, blobs, transports, tabs: undefined, agent };
  });
}
