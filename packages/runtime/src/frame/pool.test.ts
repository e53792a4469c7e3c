import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FrameEvent, FromWorker, Part, ToWorker, WorkerOrder } from '../shared/wire.ts';
import { Pool } from './pool.ts';

// The pool with workers that say what the test makes them say: the hostile words that no task code of a browser test
// can be made to say, because the prelude leaves it no way to post.

class FakeWorker {
  static made: FakeWorker[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: unknown = null;
  onmessageerror: (() => void) | null = null;
  readonly heard: ToWorker[] = [];
  isDead = false;

  constructor() {
    FakeWorker.made.push(this);
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.isDead = true;
  }

  say(message: FromWorker | Record<string, unknown>): void {
    this.onmessage?.({ data: message });
  }

  get order(): WorkerOrder | undefined {
    const last = this.heard.findLast((message) => message.type === 'work');
    return last?.type === 'work' ? last.order : undefined;
  }

  report(from: number, to: number, busyMs = 1): void {
    const values = new Uint8Array(to - from);
    this.say({
      type: 'batch',
      batch: { from, to, values, failures: [], busyMs, talk: { logs: [] } },
    });
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const PROGRAM = {
  kind: 'js' as const,
  module: new Uint8Array(),
  export: 'run',
  check: undefined,
  args: new Uint8Array(),
  files: new Map(),
  seed: 0,
  rangeFrom: 0,
  timeoutMs: 10_000,
  outputBytesMax: 100,
  determinism: undefined,
  memoryMB: undefined,
  python: undefined,
};

async function setupPool() {
  const parts: Part[] = [];
  const pool = new Pool(
    () => new Worker('blob:'),
    (event: FrameEvent) => {
      if (event.type === 'parts') parts.push(...event.parts);
    },
  );
  pool.setWorkers(1);
  const opened = pool.open(PROGRAM);
  await vi.advanceTimersByTimeAsync(0);
  load();
  expect(await opened).toBeUndefined();
  return { pool, parts };
}

const worker = () => FakeWorker.made.at(-1) as FakeWorker;

function load(): void {
  worker().say({ type: 'up' });
  worker().say({ type: 'loaded' });
}

const order = (from: number, to: number) => ({ run: 1, from, to, chunk: undefined, chunkFrom: 0 });

/** What became of each task, as `index` or `index code`. */
function fates(parts: readonly Part[]): string[] {
  return parts.flatMap((part) =>
    part.kind === 'failure'
      ? [`${part.index} ${part.code}`]
      : Array.from({ length: part.count }, (_, i) => `${part.from + i}`),
  );
}

test('[RU10] a worker that says too much is killed, and the task found by running alone', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 4));
  worker().report(0, 1);
  for (let i = 0; i < 300; i++) worker().say({ type: 'talk', talk: { logs: [] } });
  expect(FakeWorker.made.map(({ isDead }) => isDead)).toEqual([true, false]);
  load();
  expect(worker().order).toMatchObject({ from: 1, to: 2 });
  worker().report(1, 2);
  expect(worker().order).toMatchObject({ from: 2, to: 3 });
  for (let i = 0; i < 300; i++) worker().say({ type: 'talk', talk: { logs: [] } });
  load();
  expect(worker().order).toMatchObject({ from: 3, to: 4 });
  worker().report(3, 4);
  expect(fates(parts)).toEqual(['0', '1', '2 task-flooded', '3']);
});

test('[RU10] a worker that speaks out of turn is killed', async () => {
  const lies: (FromWorker | Record<string, unknown>)[] = [
    { type: 'hello' },
    { type: 'batch', batch: { from: 1, to: 2 } },
  ];
  for (const lie of lies) {
    const { pool, parts } = await setupPool();
    pool.run(order(0, 1));
    const liar = worker();
    liar.say(lie);
    expect(liar.isDead).toBe(true);
    expect(fates(parts)).toEqual(['0 task-flooded']);
  }
});

test('[RU10] a worker cannot report tasks it was not given, or twice', async () => {
  for (const [from, to] of [
    [0, 1],
    [2, 6],
    [3, 4],
  ] as const) {
    const { pool } = await setupPool();
    pool.run(order(1, 5));
    worker().report(1, 2);
    const liar = worker();
    liar.report(from, to);
    expect(liar.isDead).toBe(true);
  }
});

test('[RU8] a worker that posts more than a task may return is killed', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 1));
  const values = Uint8Array.from([0xc4, 200, ...new Uint8Array(200)]);
  const batch = { from: 0, to: 1, values, failures: [], busyMs: 1, talk: { logs: [] } };
  worker().say({ type: 'batch', batch });
  expect(fates(parts)).toEqual(['0 output-too-large']);
});

test('[RU9] time is charged to the task that ran, and none for what the machine slept', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 1));
  await vi.advanceTimersByTimeAsync(9900);
  expect(parts).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  expect(fates(parts)).toEqual(['0 task-timeout']);
  expect(parts[0]?.busyMs).toBeGreaterThan(9900);
});

test('[RU9] a suspicion is dropped when the tasks behave the second time', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 5000 - 1000));
  await vi.advanceTimersByTimeAsync(10_200);
  load();
  await vi.advanceTimersByTimeAsync(300);
  worker().report(0, 1, 290);
  expect(worker().order).toMatchObject({ from: 1, to: 4000 });
  await vi.advanceTimersByTimeAsync(9000);
  worker().report(1, 4000);
  expect(fates(parts).filter((fate) => fate.includes(' '))).toEqual([]);
});

test('[RU13] a worker is believed no more time than there was', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 1));
  await vi.advanceTimersByTimeAsync(50);
  worker().report(0, 1, 1e8);
  expect(parts[0]?.busyMs).toBeLessThanOrEqual(51);
});

test('[RU11] a module that loads once and never again fails what waits, and is given up', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 1));
  const refusal = { code: 'syntax-error', message: 'now it is wrong' };
  await vi.advanceTimersByTimeAsync(10_200);
  pool.run({ ...order(1, 3), run: 2 });
  for (let i = 0; i < 3; i++) {
    worker().say({ type: 'up' });
    worker().say({ type: 'refused', refusal });
  }
  expect(fates(parts)).toEqual(['0 task-timeout', '1 syntax-error', '2 syntax-error']);
  pool.run({ ...order(3, 4), run: 3 });
  expect(fates(parts).at(-1)).toBe('3 syntax-error');
});

test('[RU1] the inputs of a run travel once', async () => {
  const { pool } = await setupPool();
  const chunk = Uint8Array.of(0x93, 1, 2, 3);
  pool.run({ run: 1, from: 0, to: 3, chunk, chunkFrom: 0 });
  await vi.advanceTimersByTimeAsync(10_200);
  load();
  expect(worker().order?.chunk).toEqual(chunk);
  worker().report(0, 1);
  expect(worker().order).toMatchObject({ from: 1, to: 2, chunk: 'kept' });
});

test('[RU46] workers at rest are not watched', async () => {
  const { pool } = await setupPool();
  pool.run(order(0, 1));
  worker().report(0, 1);
  worker().say({ type: 'rested' });
  await vi.advanceTimersByTimeAsync(200);
  expect(vi.getTimerCount()).toBe(0);
});

test('[RU94] a worker that comes to no rest after its order is ended, and nobody is blamed', async () => {
  const { pool, parts } = await setupPool();
  pool.run(order(0, 1));
  worker().report(0, 1);
  const restless = worker();
  await vi.advanceTimersByTimeAsync(5_300);
  expect(restless.isDead).toBe(true);
  load();
  pool.run(order(1, 2));
  worker().report(1, 2);
  expect(fates(parts)).toEqual(['0', '1']);
});
