// Everything that is loaded with Start and not before.
export { placeTile } from '@manytabs/protocol';
export { createDonation } from 'manytabs/volunteer';
export { AccountPanel } from './account/account-panel.ts';
export { forgetAll, keep } from './record/keep.ts';
export { RoadCheck } from './road-check.ts';
