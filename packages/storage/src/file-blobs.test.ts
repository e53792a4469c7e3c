import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GridError, type ShardId } from '@manytabs/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { describeCollectedBlobs, describeLastingBlobs } from './contract.ts';
import { CountedBlobs } from './counted-blobs.ts';
import { FileBlobs, storageError } from './file-blobs.ts';
import { shardIdOfSync } from './node.ts';

function pathOf(dir: string, shard: ShardId): string {
  return join(dir, shard.slice(0, 2), shard.slice(2));
}

describeLastingBlobs('file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'manytabs-blobs-'));
  let dir = root;
  let count = 0;
  return {
    open: () => {
      dir = join(root, `${++count}`, 'blobs');
      return Promise.resolve(new FileBlobs(dir));
    },
    reopen: () => Promise.resolve(new FileBlobs(dir)),
    rot: async (shard) => {
      const bytes = await readFile(pathOf(dir, shard));
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      await writeFile(pathOf(dir, shard), bytes);
    },
    close: () => rm(root, { recursive: true }),
  };
});

describeCollectedBlobs('file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'manytabs-blobs-'));
  const blobs = new CountedBlobs(new FileBlobs(dir));
  return { open: async () => blobs, close: () => rm(dir, { recursive: true }) };
});

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'manytabs-blobs-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return { dir, blobs: new FileBlobs(dir) };
}

const BYTES = new TextEncoder().encode('a shard');
const SHARD = shardIdOfSync(BYTES);

test('[ST13] a write that was cut short leaves nothing behind', async () => {
  const { dir, blobs } = await setup();
  await mkdir(join(dir, 'temporary'));
  await writeFile(join(dir, 'temporary', 'half'), 'a sh');
  await writeFile(join(dir, 'notes.txt'), 'not ours');
  await blobs.put(SHARD, BYTES);
  expect(await blobs.list()).toEqual([{ shard: SHARD, bytes: BYTES.length }]);
  expect(await readdir(join(dir, 'temporary'))).toEqual([]);
});

test('[ST8] a truncated or vanished file counts as never stored', async () => {
  const { dir, blobs } = await setup();
  await blobs.put(SHARD, BYTES);
  await writeFile(pathOf(dir, SHARD), 'a sh');
  expect(await blobs.get(SHARD)).toBeUndefined();
  await blobs.put(SHARD, BYTES);
  await rm(pathOf(dir, SHARD));
  expect(await blobs.get(SHARD)).toBeUndefined();
  expect(await blobs.size()).toBe(0);
});

test('[ST14] a disk that fails is storage-failed, and closed storage says so', async () => {
  const { dir } = await setup();
  await writeFile(join(dir, 'file'), '');
  const blobs = new FileBlobs(join(dir, 'file'));
  await expect(blobs.put(SHARD, BYTES)).rejects.toMatchObject({ code: 'storage-failed' });
  await blobs.close();
  await expect(blobs.get(SHARD)).rejects.toMatchObject({ code: 'closed' });
});

test.each(['ENOSPC', 'EDQUOT'])('[ST10] %s of the disk is storage-full', (code) => {
  const error = storageError(Object.assign(new Error('write'), { code }));
  expect(error).toBeInstanceOf(GridError);
  expect(error.code).toBe('storage-full');
});
