// Everything that is loaded with Start and not before.
export { placeTile } from '@manytabs/protocol';
export { createDonation } from 'manytabs/volunteer';
export { forgetAll, keep } from './record/keep.ts';
