import { MemoryBlobs, MemoryJournal, MemoryKeyValue, shardIdOf } from '@manytabs/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { CrashingKeyValue } from '../test/crashing-key-value.ts';
import { MemoryGrid } from '../test/memory-grid.ts';

const KIB = 1024;
vi.setConfig({ testTimeout: 30_000 });
const open: MemoryGrid[] = [];

afterEach(async () => {
  for (const grid of open.splice(0)) await grid.close();
});

/** Outlive the coordinator that closes them. */
class KeptBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}
class KeptJournal extends MemoryJournal {
  override async close(): Promise<void> {}
}

async function setup(options: { tabs: number; files: number; bytes: number }) {
  const grid = new MemoryGrid();
  open.push(grid);
  for (let i = 0; i < options.tabs; i++) grid.donate();
  const submitter = await grid.submitter();
  await expect.poll(() => grid.host.machine.nodes().length).toBe(options.tabs);
  for (let i = 0; i < options.files; i++) {
    const bytes = new Uint8Array(options.bytes).fill(i + 1);
    await submitter.files.put(`/in/${i}.bin`, bytes, { durability: 'grid', replicas: 2 });
  }
  return { grid, submitter };
}

test('[FI31] a job over files: a task each, which reads its own, whole or in part', async () => {
  const { submitter } = await setup({ tabs: 4, files: 6, bytes: 40 * KIB });
  const job = submitter.map(
    submitter.files.inputs('/in/*.bin'),
    async ({ path, bytes }, { files }) => {
      const whole = await files.read(path);
      const part = await files.open(path).read(bytes - 2, 10);
      const alias = await files.read(`/job/in/${path.split('/').at(-1)}`);
      return [path, whole.length, part.length, part[0] ?? 0, alias.length];
    },
    { quorum: 2 },
  );
  const bytes = 40 * KIB;
  expect((await job).toSorted()).toEqual(
    Array.from({ length: 6 }, (_, i) => [`/in/${i}.bin`, bytes, 2, i + 1, bytes]),
  );
});

test('[FI31] files so small that no tab holds them, and empty ones, are inputs too', async () => {
  const { submitter } = await setup({ tabs: 2, files: 1, bytes: 19 });
  await submitter.files.put('/in/empty', new Uint8Array(0));
  const job = submitter.map(submitter.files.inputs('/in/*'), async ({ path }, { files }) => [
    path,
    ...(await files.read(path)),
  ]);
  const ones = Array.from({ length: 19 }, () => 1);
  expect((await job).toSorted()).toEqual([['/in/0.bin', ...ones], ['/in/empty']]);
});

test('[FI31] what a submitter makes of each file keeps it a file', async () => {
  const { submitter } = await setup({ tabs: 2, files: 2, bytes: 40 * KIB });
  const keyed: unknown[] = [];
  const inputs = submitter.files.inputs('/in/*');
  const job = submitter.map(inputs, async ({ path }, { files }) => (await files.read(path))[0], {
    key: (input: unknown) => {
      keyed.push(input);
      return (input as { path: string }).path;
    },
  });
  expect((await job).toSorted()).toEqual([1, 2]);
  expect(keyed[0]).toEqual({
    path: '/in/0.bin',
    bytes: 40 * KIB,
    version: expect.any(Number),
    contentType: expect.any(String),
  });
});

test('[FI31] no job sees a file that its inputs do not name', async () => {
  const { submitter } = await setup({ tabs: 2, files: 2, bytes: 40 * KIB });
  const job = submitter.map(
    submitter.files.inputs('/in/0.bin'),
    (_, { files }) => files.read('/in/1.bin'),
    { quorum: 1, retries: 0 },
  );
  await expect(job).rejects.toThrow();
});

test('[FI32] tasks go where their files are, well above chance, and the job says so', async () => {
  const { submitter } = await setup({ tabs: 6, files: 24, bytes: 40 * KIB });
  const job = submitter.map(
    submitter.files.inputs('/in/*'),
    async ({ path }, { files }) => (await files.read(path)).length,
    { quorum: 1 },
  );
  await job;
  const { locality } = await job.ended();
  expect(locality?.shards).toBeGreaterThanOrEqual(24);
  expect(locality?.local ?? 0).toBeGreaterThan(1.5 * (locality?.byChance ?? 0));
});

test('[FI33] what tasks write is there as files of the job, once volunteers agree on it', async () => {
  const { grid, submitter } = await setup({ tabs: 3, files: 3, bytes: 20 * KIB });
  const job = submitter.map(
    submitter.files.inputs('/in/*'),
    async ({ path }, { files }) => {
      const name = path.split('/').at(-1) ?? '';
      await files.write(`/job/out/${name}.txt`, new Uint8Array(2_000).fill(7));
      return name;
    },
    { quorum: 2 },
  );
  expect((await job).toSorted()).toEqual(['0.bin', '1.bin', '2.bin']);
  const paths: string[] = [];
  for await (const { path } of submitter.files.list(`/jobs/${job.id}/out`)) paths.push(path);
  expect(paths).toEqual([0, 1, 2].map((i) => `/jobs/${job.id}/out/${i}.bin.txt`));
  expect(await submitter.files.get(paths[0] ?? '')).toEqual(new Uint8Array(2_000).fill(7));
  const { files: others } = await grid.submitter('user-1');
  await expect(others.remove(paths[0] ?? '')).rejects.toThrow(
    expect.objectContaining({ code: 'not-yours' }),
  );
});

test('[FI33] what a task wrote is no part of the value that the next job gets', async () => {
  const { submitter } = await setup({ tabs: 2, files: 2, bytes: 20 * KIB });
  const first = submitter.map(
    submitter.files.inputs('/in/*'),
    async ({ path }, { files }) => {
      await files.write('note.txt', new Uint8Array([1]));
      return path.length;
    },
    { quorum: 1 },
  );
  const second = first.map((length: number) => length * 10, { quorum: 1 });
  expect(await second).toEqual([90, 90]);
});

test('[FI34] of a file that volunteers agree on, the digest is voted on and one copy travels', async () => {
  const { grid, submitter } = await setup({ tabs: 3, files: 2, bytes: 20 * KIB });
  const fetched = vi.spyOn(grid.host.files.shelf.relay, 'fetch');
  const job = submitter.map(
    submitter.files.inputs('/in/*'),
    async ({ path }, { files }) => {
      const bytes = new Uint8Array(2_500_000).fill(path.charCodeAt(4));
      await files.write(`${path.split('/').at(-1)}`, bytes);
      return path;
    },
    { quorum: 3 },
  );
  expect((await job).toSorted()).toEqual(['/in/0.bin', '/in/1.bin']);
  // Two shards that are equal and a shorter one, of each of the two files.
  const travelled = fetched.mock.calls.map(([, shard]) => shard);
  expect(travelled).toHaveLength(new Set(travelled).size);
  expect(travelled).toHaveLength(4);
  const rows = await grid.host.options.journal.read(`jobs/${job.id}/rows`, 0, 1_000_000);
  expect(rows.reduce((sum, row) => sum + row.length, 0)).toBeLessThan(2_000);
  const file = await submitter.files.get(`/jobs/${job.id}/out/1.bin`);
  expect(file).toHaveLength(2_500_000);
  expect(file.every((byte) => byte === '1'.charCodeAt(0))).toBe(true);
});

test('[FI34] who lies about a file is outvoted, and who does not bring it has no vote', async () => {
  const grid = new MemoryGrid();
  open.push(grid);
  grid.donate({ fault: 'wrong' });
  grid.donate({ fault: 'corrupt-shards' });
  for (let i = 0; i < 3; i++) grid.donate();
  const submitter = await grid.submitter();
  const job = submitter.map(
    [0, 1, 2, 3],
    async (n, { files }) => {
      await files.write(`${n}.bin`, new Uint8Array(100_000).fill(n));
      return n;
    },
    { quorum: 2 },
  );
  expect(await job).toEqual([0, 1, 2, 3]);
  for (const n of [0, 1, 2, 3]) {
    const file = await submitter.files.get(`/jobs/${job.id}/out/${n}.bin`);
    expect(file).toEqual(new Uint8Array(100_000).fill(n));
  }
});

test('[FI35] a coordinator that dies between a final row and its files: the next one gives them their names', async () => {
  for (const writes of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8]) {
    const kept = new MemoryKeyValue();
    const keyValue = new CrashingKeyValue(kept);
    const stores = { journal: new KeptJournal(), blobs: new KeptBlobs() };
    const grid = new MemoryGrid({ ...stores, keyValue });
    for (let i = 0; i < 2; i++) grid.donate();
    const submitter = await grid.submitter();
    keyValue.crashAfter(writes);
    const job = submitter.map(
      [0, 1, 2],
      async (n, { files }) => {
        await files.write(`a/${n}.bin`, new Uint8Array(40_000 * n).fill(n));
        return n;
      },
      { quorum: 2 },
    );
    expect(await job).toEqual([0, 1, 2]);
    await grid.close();
    const next = new MemoryGrid({ ...stores, keyValue: kept, epoch: 2 });
    open.push(next);
    await next.host.recover();
    const { files } = await next.submitter();
    for (const n of [0, 1, 2]) {
      expect(await files.get(`/jobs/${job.id}/out/a/${n}.bin`)).toHaveLength(40_000 * n);
    }
    await files.remove(`/jobs/${job.id}`, { recursive: true });
    await next.close();
    const last = new MemoryGrid({ ...stores, keyValue: kept, epoch: 3 });
    open.push(last);
    await last.host.recover();
    const again = (await last.submitter()).files.get(`/jobs/${job.id}/out/a/1.bin`);
    await expect(again).rejects.toMatchObject({ code: 'path-missing' });
  }
});

test('[SH16] twelve tabs that all need the same file: each of its shards leaves the coordinator twice', async () => {
  const { grid, submitter } = await setup({ tabs: 12, files: 0, bytes: 1 });
  const sent = vi.spyOn(grid.host, 'shardMessage');
  const input = new Uint8Array(4 * 1024 * KIB).map((_, i) => (i * 2_654_435_761) >>> 24);
  await submitter.map([0], (n: number) => n, { files: { 'a.bin': input }, quorum: 12 });
  for (let at = 0; at < input.length; at += 1024 * KIB) {
    const shard = await shardIdOf(input.subarray(at, at + 1024 * KIB));
    const times = sent.mock.calls.filter(([asked]) => asked === shard).length;
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(2);
  }
});
