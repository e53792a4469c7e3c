import { GridError, type ShardId } from '@manytabs/protocol';
import { MemoryBlobs } from '@manytabs/storage';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MemoryGrid, newHome } from '../test/memory-grid.ts';
import type { FileEntry, FileStat } from './index.ts';

const MIB = 1024 * 1024;
vi.setConfig({ testTimeout: 30_000 });
const open: MemoryGrid[] = [];

function newGrid(): MemoryGrid {
  const grid = new MemoryGrid();
  open.push(grid);
  return grid;
}

afterEach(async () => {
  for (const grid of open.splice(0)) await grid.close();
});

function bytesOf(count: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Faster than comparing millions of elements one by one. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

async function pathsOf(entries: AsyncIterable<FileEntry>): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of entries) paths.push(path);
  return paths;
}

const refusal = (code: string) => expect.objectContaining({ code });

describe('names', () => {
  test('[FI5] a file is what was put: bytes, text, streams, ranges', async () => {
    const { files } = await newGrid().submitter();
    const bytes = bytesOf(2.5 * MIB);
    const stat = await files.put('/in/a.bin', bytes);
    expect(stat).toMatchObject({
      path: '/in/a.bin',
      bytes: bytes.length,
      health: expect.anything(),
    });
    expect(isSame(await files.get('/in/a.bin'), bytes)).toBe(true);
    const file = await files.open('/in/a.bin');
    expect(await file.read(MIB - 5, 10)).toEqual(bytes.slice(MIB - 5, MIB + 5));
    expect(await file.read(bytes.length - 3, 100)).toEqual(bytes.slice(-3));
    expect(await file.read(bytes.length, 1)).toEqual(new Uint8Array(0));
    await files.put('/in/b.txt', 'hello');
    expect(new TextDecoder().decode(await files.get('/in/b.txt'))).toBe('hello');
    await files.put('/in/empty', new Blob([]).stream());
    expect(await files.get('/in/empty')).toEqual(new Uint8Array(0));
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    };
    await files.put('/in/c.bin', chunks());
    expect(isSame(await files.get('/in/c.bin'), bytes)).toBe(true);
    expect(await pathsOf(files.list('/in'))).toEqual([
      '/in/a.bin',
      '/in/b.txt',
      '/in/c.bin',
      '/in/empty',
    ]);
  });

  test('[FI6] who replaces a version names it; of two writers one is told', async () => {
    const { files } = await newGrid().submitter();
    const first = await files.put('/a', 'one', { expected: 0 });
    await expect(files.put('/a', 'two', { expected: 0 })).rejects.toThrow(
      refusal('version-conflict'),
    );
    const both = await Promise.allSettled([
      files.put('/a', 'left', { expected: first.version }),
      files.put('/a', 'right', { expected: first.version }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(['left', 'right']).toContain(new TextDecoder().decode(await files.get('/a')));
    await expect(files.remove('/a', { expected: first.version })).rejects.toThrow(
      refusal('version-conflict'),
    );
  });

  test('[FI7] whoever opened a version reads it to its end, though another takes its place', async () => {
    const { files } = await newGrid().submitter();
    const old = bytesOf(3 * MIB, 7);
    await files.put('/a', old);
    const file = await files.open('/a');
    expect(await file.read(0, 10)).toEqual(old.slice(0, 10));
    await files.put('/a', bytesOf(3 * MIB, 8));
    expect(isSame(await file.read(0, old.length), old)).toBe(true);
  });

  test('[FI8] folders move whole, names are replaced only when asked, and nothing moves into itself', async () => {
    const { files } = await newGrid().submitter();
    await files.put('/a/b/c.txt', 'c');
    await files.put('/x.txt', 'x');
    await files.move('/a', '/d/e');
    expect(await pathsOf(files.list('/', { recursive: true }))).toEqual([
      '/d',
      '/d/e',
      '/d/e/b',
      '/d/e/b/c.txt',
      '/x.txt',
    ]);
    await expect(files.move('/d', '/d/e/f')).rejects.toThrow(refusal('path-invalid'));
    await expect(files.move('/x.txt', '/d/e/b/c.txt')).rejects.toThrow(refusal('path-taken'));
    await files.move('/x.txt', '/d/e/b/c.txt', { replace: true });
    expect(new TextDecoder().decode(await files.get('/d/e/b/c.txt'))).toBe('x');
    await expect(files.move('/d/e/b/c.txt', '/d')).rejects.toThrow(refusal('path-taken'));
    await expect(files.remove('/d')).rejects.toThrow(refusal('folder-not-empty'));
    expect(await files.remove('/d', { recursive: true })).toEqual({ removed: 4, bytes: 1 });
    expect(await pathsOf(files.list('/'))).toEqual([]);
    expect(await files.df()).toMatchObject({ files: 0, folders: 0, bytes: 0 });
  });

  test('[FI2] a pattern lists what it matches, page by page', async () => {
    const { files } = await newGrid().submitter();
    const names = Array.from(
      { length: 12 },
      (_, i) => `/in/${i % 3}/f${i}.${i % 2 ? 'csv' : 'txt'}`,
    );
    for (const name of names) await files.put(name, name);
    const csv = names.filter((name) => name.endsWith('csv')).toSorted();
    expect((await pathsOf(files.list('/in/**/*.csv'))).toSorted()).toEqual(csv);
    expect((await pathsOf(files.list('/in/*/*.csv'))).toSorted()).toEqual(csv);
    expect(await pathsOf(files.list('/in/1/f?.csv'))).toEqual(['/in/1/f1.csv', '/in/1/f7.csv']);
    expect(await pathsOf(files.list('/in/*'))).toEqual(['/in/0', '/in/1', '/in/2']);
  });

  test('[FI42] the health of many files is told at once, and folders are listed alone', async () => {
    const grid = newGrid();
    const { files } = await grid.submitter();
    const tab = grid.donate();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(1);
    await files.put('/a/durable', bytesOf(100));
    await files.put('/a/here', bytesOf(20_000), { durability: 'grid', replicas: 1 });
    const paths = ['/a/here', '/a/durable', '/a', '/none'];
    expect(await files.health(paths)).toEqual(['full', 'full', null, null]);
    tab.stop();
    await expect.poll(() => files.health(paths)).toEqual(['lost', 'full', null, null]);
    await files.makeFolder('/a/deep');
    expect(await pathsOf(files.list('/a', { folders: true }))).toEqual(['/a/deep']);
    expect(await pathsOf(files.list('/', { folders: true, recursive: true }))).toEqual([
      '/a',
      '/a/deep',
    ]);
  });

  test("[FI1] what is no path, is not there or is not one's own is refused with its code", async () => {
    const grid = newGrid();
    const { files } = await grid.submitter();
    await files.put('/a', 'a');
    await files.makeFolder('/folder');
    await expect(files.put('/a/../b', 'x')).rejects.toThrow(refusal('path-invalid'));
    await expect(files.get('/none')).rejects.toThrow(refusal('path-missing'));
    await expect(files.get('/folder')).rejects.toThrow(refusal('not-a-file'));
    await expect(files.put('/folder', 'x')).rejects.toThrow(refusal('path-taken'));
    await expect(files.put('/a/b', 'x')).rejects.toThrow(refusal('not-a-folder'));
    await expect(pathsOf(files.list('/none'))).rejects.toThrow(refusal('path-missing'));
    const { files: others } = await grid.submitter('user-1');
    await expect(others.remove('/a')).rejects.toThrow(refusal('not-yours'));
    await expect(others.put('/a', 'mine')).rejects.toThrow(refusal('not-yours'));
    expect(new TextDecoder().decode(await others.get('/a'))).toBe('a');
  });

  test('[FI9] a put that stops halfway leaves the old version, and nothing else', async () => {
    const { files } = await newGrid().submitter();
    await files.put('/a', 'old');
    const broken = async function* () {
      yield bytesOf(2 * MIB);
      throw new GridError('aborted', 'The disk was pulled.');
    };
    await expect(files.put('/a', broken())).rejects.toThrow('pulled');
    expect(new TextDecoder().decode(await files.get('/a'))).toBe('old');
    const stop = new AbortController();
    const endless = async function* () {
      for (let i = 0; ; i++) {
        if (i === 3) stop.abort();
        yield bytesOf(MIB, i);
      }
    };
    await expect(files.put('/a', endless(), { signal: stop.signal })).rejects.toThrow(
      refusal('aborted'),
    );
    expect(await files.check()).toMatchObject({ files: 1, health: { full: 1, lost: 0 } });
  });

  test('[FI10] a manifest of a thousand million shards is refused before anything is sent', async () => {
    const grid = newGrid();
    await expect(
      grid.host.files.answer(
        { op: 'begin', redundancy: { durability: 'durable', replicas: 0 }, bytes: 1e9 * MIB },
        { scope: 'admin', owner: 'admin' },
      ),
    ).rejects.toThrow(refusal('file-too-large'));
  });
});

describe('redundancy', () => {
  test('[FI11] a file on tabs only comes back, and the coordinator kept nothing of it', async () => {
    const grid = newGrid();
    for (let i = 0; i < 4; i++) grid.donate();
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(4);
    const bytes = bytesOf(3 * MIB + 77);
    const stat = await files.put('/g.bin', bytes, { durability: 'grid', replicas: 3 });
    expect(stat).toMatchObject({
      health: 'full',
      replicas: { target: 3, least: 3 },
      origin: false,
    });
    expect(await grid.host.options.blobs.size()).toBe(0);
    expect(isSame(await files.get('/g.bin'), bytes)).toBe(true);
  });

  test('[FI12] too few volunteers for the copies asked for: refused at once', async () => {
    const grid = newGrid();
    grid.donate();
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(1);
    const put = files.put('/g.bin', bytesOf(10), { durability: 'grid', replicas: 3 });
    await expect(put).rejects.toThrow(refusal('too-few-volunteers'));
  });

  test('[FI13] copies of those who leave are made again, by those who stay', async () => {
    const grid = newGrid();
    const tabs = Array.from({ length: 5 }, () => grid.donate());
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(5);
    const bytes = bytesOf(4 * MIB, 3);
    await files.put('/g.bin', bytes, { durability: 'grid', replicas: 3 });
    tabs[0]?.stop();
    tabs[1]?.stop();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(3);
    await expect
      .poll(async () => ((await files.stat('/g.bin')) as FileStat).health, { timeout: 15_000 })
      .toBe('full');
    expect(isSame(await files.get('/g.bin'), bytes)).toBe(true);
    expect(await grid.host.options.blobs.size()).toBe(0);
  });

  test('[FI14] with a code, any data pieces of a stripe give the file back', async () => {
    const grid = newGrid();
    const tabs = Array.from({ length: 6 }, () => grid.donate());
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(6);
    const bytes = bytesOf(9 * MIB + 5, 4);
    const stat = await files.put('/c.bin', bytes, {
      durability: 'grid',
      code: { data: 4, parity: 2 },
    });
    expect(stat).toMatchObject({ health: 'full', code: { data: 4, parity: 2 }, shards: 10 + 6 });
    tabs[0]?.stop();
    tabs[1]?.stop();
    expect(isSame(await files.get('/c.bin'), bytes)).toBe(true);
    await expect
      .poll(async () => ((await files.stat('/c.bin')) as FileStat).health, { timeout: 15_000 })
      .toBe('full');
    expect(isSame(await files.get('/c.bin'), bytes)).toBe(true);
    expect(await grid.host.options.blobs.size()).toBe(0);
  });

  test('[FI15] a holder whose copies are corrupt is found out, counts for nothing and is named', async () => {
    const grid = newGrid();
    for (let i = 0; i < 3; i++) grid.donate();
    grid.donate({ fault: 'corrupt-shards' });
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(4);
    const bytes = bytesOf(4 * MIB, 5);
    await files.put('/g.bin', bytes, { durability: 'grid', replicas: 3 });
    expect(isSame(await files.get('/g.bin'), bytes)).toBe(true);
    const check = await files.check();
    expect(check).toMatchObject({
      health: { full: 1 },
      offenders: [{ corrupt: expect.any(Number) }],
    });
  });
});

describe('a part of a large file', () => {
  const PART = 64 * 1024;
  const big = bytesOf(3.3 * MIB);

  test('[FI36] no more than the leaves around it travel, from tabs or from a copy here', async () => {
    const grid = newGrid();
    for (let i = 0; i < 3; i++) grid.donate();
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(3);
    await files.put('/big', big, { durability: 'grid', replicas: 2 });
    await files.put('/coded', big, { code: { data: 2, parity: 1 }, durability: 'grid' });
    const { relay } = grid.host.files.shelf;
    const whole = vi.spyOn(relay, 'fetch');
    const parts = vi.spyOn(relay, 'fetchPart');
    for (const path of ['/big', '/coded']) {
      const file = await files.open(path);
      for (const at of [0, 70_001, MIB - 100, 2 * MIB, big.length - 5_000]) {
        expect(isSame(await file.read(at, PART), big.subarray(at, at + PART))).toBe(true);
      }
    }
    expect(whole).not.toHaveBeenCalled();
    for (const { value } of parts.mock.settledResults) {
      expect((value as { bytes: Uint8Array }).bytes.length).toBeLessThanOrEqual(96 * 1024);
    }
  });

  test('[FI36] what a holder makes up is not believed', async () => {
    const grid = newGrid();
    grid.donate({ fault: 'corrupt-shards' });
    for (let i = 0; i < 2; i++) grid.donate();
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(3);
    await files.put('/big', big, { durability: 'cache', replicas: 2 });
    const file = await files.open('/big');
    for (let at = 0; at < big.length; at += 300_000) {
      expect(isSame(await file.read(at, PART), big.subarray(at, at + PART))).toBe(true);
    }
  });

  test('[FI36] a task reads it from the tabs that hold it, and keeps no whole shard for it', async () => {
    const grid = newGrid();
    for (let i = 0; i < 2; i++) grid.donate();
    const submitter = await grid.submitter();
    const { files } = submitter;
    await expect.poll(() => grid.host.machine.nodes().length).toBe(2);
    await files.put('/big', big, { durability: 'grid', replicas: 1 });
    const donation = grid.donate();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(3);
    const job = submitter.map(
      files.inputs('/big'),
      async ({ path, bytes }, { files }) => {
        const file = files.open(path);
        const read = async (at: number) => (await file.read(at, 65_536))[7] ?? -1;
        return [await read(10), await read(1_048_570), await read(bytes - 8)];
      },
      { quorum: 3 },
    );
    expect(await job).toEqual([[big[17], big[1_048_577], big.at(-1)]]);
    expect(donation.view.shardsFromTabs + donation.view.shardsFromCoordinator).toBeLessThan(3);
  });
});

test('[FI16] names outlive the coordinator, and what nobody claims goes', async () => {
  const grid = newGrid();
  const { files } = await grid.submitter();
  const bytes = bytesOf(2 * MIB, 6);
  await files.put('/deep/er/a.bin', bytes);
  await files.put('/deep/b.txt', 'b');
  const again = grid.successor();
  open.push(again);
  await again.host.recover();
  const { files: after } = await again.submitter();
  expect(isSame(await after.get('/deep/er/a.bin'), bytes)).toBe(true);
  expect(await after.df()).toMatchObject({ files: 2, folders: 2, bytes: bytes.length + 1 });
});

describe('what goes wrong', () => {
  const text = async (grid: MemoryGrid) => {
    const { files } = await grid.submitter();
    return new TextDecoder().decode(await files.get('/a'));
  };

  test('[FI44] a disk that fills during a put refuses it, and the old version is there', async () => {
    const grid = new MemoryGrid({ blobs: new MemoryBlobs({ bytesMax: 3 * MIB }) });
    open.push(grid);
    const { files } = await grid.submitter();
    await files.put('/a', 'old');
    await expect(files.put('/a', bytesOf(6 * MIB))).rejects.toThrow(refusal('storage-full'));
    expect(await text(grid)).toBe('old');
  });

  test('[FI44] a piece that does not hash to its id is refused, and the old version is there', async () => {
    const grid = newGrid();
    const { files } = await grid.submitter();
    await files.put('/a', 'old');
    const grant = { scope: 'admin', owner: 'admin' } as const;
    const redundancy = { durability: 'durable', replicas: 0 } as const;
    const { upload } = (await grid.host.files.answer({ op: 'begin', redundancy }, grant)) as {
      upload: string;
    };
    const shard = 'ab'.repeat(32) as ShardId;
    const piece = { op: 'put-piece', upload, at: 0, shard, bytes: bytesOf(2_000) } as const;
    await expect(grid.host.files.answer(piece, grant)).rejects.toThrow(refusal('shard-corrupt'));
    expect(await text(grid)).toBe('old');
  });

  test('[FI44] a put that broke off goes on where it was: what is safe is not sent again', async () => {
    const grid = newGrid();
    const { files } = await grid.submitter();
    const bytes = bytesOf(4 * MIB, 11);
    const half = async function* () {
      yield bytes.subarray(0, 3 * MIB);
      await expect.poll(() => grid.host.options.blobs.size()).toBe(3 * MIB);
      throw new GridError('aborted', 'The disk was pulled.');
    };
    await expect(files.put('/a', half())).rejects.toThrow('pulled');
    const stored = vi.spyOn(grid.host.options.blobs, 'put');
    await files.put('/a', bytes);
    expect(stored.mock.calls.filter(([, piece]) => piece.length === MIB)).toHaveLength(1);
    expect(isSame(await files.get('/a'), bytes)).toBe(true);
  });

  test('[FI15] who reports copies that it does not have is asked to prove them, and they do not count', async () => {
    const grid = newGrid();
    const home = newHome();
    const liar = grid.donate({ home });
    for (let i = 0; i < 3; i++) grid.donate();
    const { files } = await grid.submitter();
    await expect.poll(() => grid.host.machine.nodes().length).toBe(4);
    const bytes = bytesOf(2 * MIB, 12);
    await files.put('/a', bytes, { durability: 'grid', replicas: 3 });
    // Its store is emptied behind its back: what it said of it is no longer so.
    for (const { shard } of await home.blobs.list()) await home.blobs.delete(shard);
    liar.stop();
    grid.donate({ home });
    await expect
      .poll(async () => ((await files.stat('/a')) as FileStat).health, { timeout: 15_000 })
      .toBe('full');
    expect(isSame(await files.get('/a'), bytes)).toBe(true);
  });
});
