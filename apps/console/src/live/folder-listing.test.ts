import { GridError } from '@manytabs/protocol';
import { expect, test, vi } from 'vitest';
import { fakeFiles } from '../fixture/fake-files.ts';
import { FolderListing } from './folder-listing.ts';

test('[UI27] folders come before files, and a listing that fails leaves the one before it', async () => {
  const files = fakeFiles();
  await files.put('/in/b', new Uint8Array(2));
  await files.put('/a', new Uint8Array(1));
  const listing = new FolderListing(files, '/');
  const stop = listing.subscribe(() => {});
  await vi.waitFor(() => expect(listing.get().state).toBe('whole'));
  expect(listing.get().entries.map((entry) => entry.path)).toEqual(['/in', '/a']);
  vi.spyOn(files, 'list').mockImplementation(() => {
    throw new GridError('connection-lost', 'Gone.');
  });
  await listing.refresh();
  expect(listing.get()).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } });
  expect(listing.get().entries).toHaveLength(2);
  stop();
});
