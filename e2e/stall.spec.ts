import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from './fixtures.ts';
import { test as withDatabase } from './postgres.ts';
import { survivesOutage } from './stalls.ts';

// A store that takes nothing for a while: STALL_SECONDS, 5 unless said.

const SMALL_DISK_MIB = 24;

/** A disk of its own, in memory; undefined where the system lets nobody have one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'manytabs-disk-'));
  try {
    const size = `size=${SMALL_DISK_MIB}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'none', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true, force: true });
}

const onSmallDisk = test.extend<{ disk: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  disk: async ({}, use) => {
    const folder = mountSmallDisk();
    onSmallDisk.skip(folder === undefined, 'Only who may mount a disk has one that is small.');
    if (folder === undefined) return;
    await use(folder);
    unmount(folder);
  },
  upArgs: async ({ disk }, use) => use(['--data', join(disk, 'grid')]),
});

/** Takes all that is left of a disk. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1 << 20; size >= 1; size = size > 1 ? size >> 1 : 0) {
      while (hasRoomFor(file, size));
    }
  } finally {
    closeSync(file);
  }
}

function hasRoomFor(file: number, size: number): boolean {
  try {
    return writeSync(file, new Uint8Array(size)) === size;
  } catch {
    return false;
  }
}

onSmallDisk(
  '[CO86] a disk that is full for a while stalls the grid, which says so and loses nothing',
  async ({ grid, openTab, disk }) => {
    onSmallDisk.slow();
    const ballast = join(disk, 'ballast');
    await survivesOutage(grid, openTab, {
      code: 'storage-full',
      begin: async () => fill(ballast),
      end: async () => rmSync(ballast),
    });
  },
);

withDatabase(
  '[CO86] a database that is gone for a while stalls the grid, which says so and loses nothing',
  async ({ grid, openTab, postgres }) => {
    withDatabase.slow();
    await survivesOutage(grid, openTab, {
      code: 'storage-failed',
      begin: () => postgres.down(),
      end: () => postgres.up(),
    });
  },
);
