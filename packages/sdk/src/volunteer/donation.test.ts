import { MemoryBlobs } from '@manytabs/storage';
import { expect, test, vi } from 'vitest';
import { InlineRuntime } from '../../test/inline-runtime.ts';
import { newKeyPair } from '../identity/crypto.ts';
import { identityOf } from '../identity/identity.ts';
import { TabDonation } from './donation.ts';

test('a duty that is as it was is told to no sandbox, however often a page says it', async () => {
  const runtime = new InlineRuntime();
  const told = vi.spyOn(runtime, 'setDuty');
  const donation = new TabDonation({ url: 'memory:', workers: 1 }, async () => ({
    ...{ identity: identityOf(newKeyPair()), runtime, transports: [], tabs: undefined },
    ...{ agent: 'test', blobs: new MemoryBlobs() },
  }));
  donation.subscribe(() => donation.setDuty(0.5));
  donation.start();
  await vi.waitFor(() => expect(donation.view.volunteer).toBeDefined());
  donation.setWorkers(2);
  donation.setWorkers(3);
  donation.setDuty(1);
  expect(told.mock.calls.flat()).toEqual([0.5, 1]);
  donation.stop();
});
