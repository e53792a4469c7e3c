import { expect, test } from 'vitest';
import { fakeFiles } from '../fixture/fake-files.ts';
import { FolderTree } from './folder-tree.ts';

const nothing = new Uint8Array(1);

test('[UI271] the tree lists a folder when it is opened, and opens what is above the one that is looked at', async () => {
  const files = fakeFiles({ '/a/b/x': nothing, '/a/c/x': nothing, '/d/x': nothing, '/x': nothing });
  const tree = new FolderTree(files);
  const rows = () => tree.get().map(({ path, depth }) => `${depth}${path}`);
  expect(rows()).toEqual(['0/']);
  tree.reveal('/a');
  await expect.poll(rows).toEqual(['0/', '1/a', '2/a/b', '2/a/c', '1/d']);
  tree.toggle('/a');
  expect(rows()).toEqual(['0/', '1/a', '1/d']);
  await files.remove('/d');
  tree.reveal('/');
  await expect.poll(rows).toEqual(['0/', '1/a']);
});
