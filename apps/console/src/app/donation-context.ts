import { GridError } from '@manytabs/protocol';
import { createContext } from 'react';
import { OwnDonationStore } from './own-donation.ts';

function notOpened(): never {
  throw new GridError('sandbox-refused', 'This page was drawn without a way to compute.');
}

export const DonationContext = createContext(new OwnDonationStore(async () => notOpened()));
