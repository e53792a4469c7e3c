import '../client/installed-check.ts';

export { type HostedBy, joinLink } from '../link/hosted-by.ts';
export type { TabHostOptions, TabHostState } from './api.ts';
export { createLocalDonation } from './local-donation.ts';
export { TabHost } from './tab-host.ts';
