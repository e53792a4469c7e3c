import { type Appended, GridError, type ShardId } from '@manytabs/protocol';
import { MemoryBlobs, MemoryJournal, MemoryKeyValue } from '@manytabs/storage';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import type { Grid } from '../client/grid.ts';

/** Outlives the coordinator that closes it. */
class KeptBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

/** Inputs that no other job has, large enough for shards that do not travel with their tasks. */
let drawn = 0;
function inputs(count: number): string[] {
  return Array.from({ length: count }, () => `${drawn++} `.padEnd(20_000, 'x'));
}

const lengthOf = (text: string) => text.length;
const failing = (text: string) => {
  if (text.length > 0) throw new Error('no');
  return 0;
};

async function begin(options: ConstructorParameters<typeof MemoryGrid>[0] = {}) {
  const blobs = new MemoryBlobs();
  const world = new MemoryGrid({ blobs, unusedMs: 20, ...options });
  onTestFinished(() => world.close());
  world.donate();
  const stored = async () => new Set((await blobs.list()).map(({ shard }) => shard));
  return { world, stored, grid: await world.submitter() };
}

/** Sweeps until nothing is left that nothing needs. */
async function collect({ host }: MemoryGrid): Promise<void> {
  await host.collector.sweep();
  await vi.waitUntil(() => host.collector.sweep().then(() => host.collector.idle === 0));
}

/** A job as the promise it is like. */
async function settled<T>(job: PromiseLike<T>): Promise<T> {
  return await job;
}

function needed({ host }: MemoryGrid): Set<ShardId> {
  return new Set(host.machine.neededShards());
}

test('[CO120] what ended jobs were made of is removed, what jobs and files need is not', async () => {
  const { world, stored, grid } = await begin();
  await grid.files.put('/in/a.bin', new Uint8Array(100_000).fill(7));
  const files = await stored();
  await grid.map(inputs(40), lengthOf);
  const waiting = grid.map(inputs(40), lengthOf, { quorum: 9 });
  await vi.waitUntil(() => world.host.machine.job(waiting.id)?.open === false);
  const failed = grid.map(inputs(3), failing, { retries: 0 });
  await Promise.allSettled([failed]);
  await collect(world);
  const job = needed(world);
  expect(job.size).toBeGreaterThan(4);
  expect(await stored()).toEqual(new Set([...files, ...job]));
  await waiting.cancel();
  await Promise.allSettled([waiting]);
  await collect(world);
  expect(await stored()).toEqual(new Set([...files, ...needed(world)]));
  expect(needed(world).size).toBeLessThan(job.size);
});

test('[CO120] inputs of a job with failed tasks stay until it is forgotten', async () => {
  const { world, stored, grid } = await begin({ limits: { endedJobsMax: 1 } });
  await Promise.allSettled([grid.map(inputs(3), failing, { retries: 0 })]);
  await collect(world);
  expect((await stored()).size).toBeGreaterThan(1);
  await grid.map([1], (n: number) => n);
  await collect(world);
  expect(await stored()).toEqual(new Set());
});

test('[CO120] a job that is submitted again under its key needs none of what was removed', async () => {
  const { world, stored, grid } = await begin();
  const texts = inputs(10);
  await grid.map(texts, lengthOf, { key: 'once' });
  await collect(world);
  expect(await stored()).toEqual(new Set());
  const again = grid.map(texts, lengthOf, { key: 'once' });
  expect(await again).toEqual(Array(10).fill(20_000));
  expect(await grid.jobs()).toHaveLength(1);
});

test('[CO121] what was sent for a job to come, or belongs to an upload, is kept for a while', async () => {
  const { world, stored, grid } = await begin({ unusedMs: 60_000 });
  await grid.map(inputs(10), lengthOf);
  const before = await stored();
  expect(before.size).toBeGreaterThan(1);
  await world.host.collector.sweep();
  await world.host.collector.sweep();
  expect(world.host.collector.idle).toBe(before.size);
  expect(await stored()).toEqual(before);
});

/** A disk that is full for a while. */
class FullJournal extends MemoryJournal {
  isFull = false;

  override append(epoch: number, appended: readonly Appended[]): Promise<void> {
    if (this.isFull) return Promise.reject(new GridError('storage-full', 'There is no room.'));
    return super.append(epoch, appended);
  }
}

test('[CO122] nothing is removed before the end of the job that needed it is durable', async () => {
  const journal = new FullJournal();
  const { world, stored, grid } = await begin({ journal });
  const job = grid.map(inputs(10), lengthOf, { quorum: 9 });
  await vi.waitUntil(() => world.host.machine.job(job.id)?.open === false);
  const before = needed(world);
  journal.isFull = true;
  const at = world.host.now();
  world.host.step({ type: 'job-controlled', at, jobId: job.id, action: 'cancel', reason: '' });
  await vi.waitUntil(() => world.host.health().state === 'stalled');
  const sweep = collect(world);
  await vi.waitUntil(() => world.host.collector.idle === before.size);
  expect(await stored()).toEqual(before);
  journal.isFull = false;
  await sweep;
  await Promise.allSettled([job]);
  expect(await stored()).toEqual(new Set());
});

/** SEEDS=1000 is a long run. */
const SEEDS = Number(process.env.SEEDS ?? 12);

const operations = fc.array(
  fc.constantFrom('list', 'files', 'failing', 'cancelled', 'restart', 'sweep', 'replaced'),
  { minLength: 4, maxLength: 12 },
);

const KEPT = 3;

/** A grid over stores that last, whose collector hardly waits for anybody. */
class Subject {
  readonly #stores = { blobs: new KeptBlobs(), keyValue: new MemoryKeyValue() };
  readonly #journal = new MemoryJournal();
  readonly #under: Promise<unknown>[] = [];
  #epoch = 0;
  #grid = this.#start();
  #submitter = this.#grid.submitter();

  #start(): MemoryGrid {
    this.#epoch += 1;
    return new MemoryGrid({
      ...this.#stores,
      journal: this.#journal,
      epoch: this.#epoch,
      unusedMs: 300,
      limits: { endedJobsMax: KEPT },
    });
  }

  constructor() {
    this.#grid.donate();
  }

  async do(operation: string): Promise<void> {
    const grid = await this.#submitter;
    if (operation === 'restart') return this.#restart();
    if (operation === 'sweep') return this.#grid.host.collector.sweep();
    // So many ended jobs are kept: whoever waits for one hears its end.
    if (this.#under.length === KEPT) await this.settle();
    this.#under.push(this.#begin(grid, operation));
  }

  async #begin(grid: Grid, operation: string): Promise<void> {
    const texts = inputs(3);
    if (operation === 'replaced') {
      const bytes = new TextEncoder().encode(texts.join(''));
      await grid.files.put('/a', bytes);
      expect(await grid.files.get('/a')).toHaveLength(bytes.length);
    } else if (operation === 'failing') {
      await expect(settled(grid.map(texts, failing, { retries: 0 }))).rejects.toThrow(
        AggregateError,
      );
    } else {
      const job = grid.map(texts, lengthOf);
      if (operation === 'cancelled') await job.cancel();
      else expect(await job).toEqual([20_000, 20_000, 20_000]);
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.#under.splice(0));
  }

  /** What was begun is over before: a submitter of a memory network does not come back. */
  async #restart(): Promise<void> {
    await this.settle();
    await this.#grid.close();
    this.#grid = this.#start();
    await this.#grid.host.recover();
    this.#grid.donate();
    this.#submitter = this.#grid.submitter();
  }

  async check(): Promise<void> {
    await this.settle();
    await collect(this.#grid);
    const { host } = this.#grid;
    const stored = new Set((await this.#stores.blobs.list()).map(({ shard }) => shard));
    for (const shard of needed(this.#grid)) expect(stored.delete(shard)).toBe(true);
    for (const shard of stored) expect(host.files.shelf.origin.isUsed(shard)).toBe(true);
    const { files } = await this.#submitter;
    for await (const { path, bytes } of files.list('/')) {
      expect(await files.get(path)).toHaveLength(bytes);
    }
    await this.#grid.close();
  }
}

test('[CO123] whatever is submitted, ended, forgotten and begun anew, nothing needed is removed and nothing else stays', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (plan) => {
      const subject = new Subject();
      for (const operation of plan) await subject.do(operation);
      await subject.check();
    }),
    { numRuns: SEEDS },
  );
}, 120_000);
