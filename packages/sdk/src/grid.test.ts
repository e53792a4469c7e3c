import { LIMITS } from '@manytabs/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryGrid } from '../test/memory-grid.ts';
import { type GridError, range } from './index.ts';

// The shells around the machines: every part is the real one except the sandbox and the wire. What needs a browser is in
// e2e/, what needs faults and time is in packages/sim.

let world: MemoryGrid;

beforeEach(() => {
  world = new MemoryGrid();
});

afterEach(() => world.close());

describe('the list of jobs', () => {
  test('[UI226] is whole though it is more than one answer holds, in the order of submission', async () => {
    const grid = await world.submitter();
    const count = LIMITS.ROWS_PER_ANSWER_MAX + 100;
    for (let n = 0; n < count; n += 100) {
      const some = Array.from({ length: 100 }, (_, i) => grid.map([n + i], (x) => x));
      for (const job of some) job.then(undefined, () => undefined); // they end with the grid
      await Promise.all(some.map((job) => job.submitted));
    }
    const jobs = await grid.jobs();
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(count);
    const times = jobs.map(({ submittedAt }) => submittedAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

test('[CO201] [SU92] the attempts of a job are read until the last, over the wire, and cover all its tasks', async () => {
  world.donate({ workers: 2 });
  const grid = await world.submitter();
  const job = grid.map(range(500), (n) => n * 2);
  await job;
  const seen = new Set<number>();
  let [place, isLast] = [0, false];
  while (!isLast) {
    const page = await job.attempts(place);
    for (const { from, to } of page.rows) for (let n = from; n < to; n++) seen.add(n);
    ({ next: place, isLast } = page);
  }
  expect(seen.size).toBe(500);
  expect((await job.attempts(place)).rows).toEqual([]);
  const { times, cost } = await job.ended();
  expect(times?.computing.p99).toBeGreaterThan(0);
  expect(cost?.executions).toBeGreaterThanOrEqual(500);
});

describe('a job', () => {
  test('[SU1] over a range gives every value in order', async () => {
    world.donate({ workers: 2 });
    const grid = await world.submitter();
    const values = await grid.map(range(10, 200), (n) => n * n);
    expect(values).toEqual(Array.from({ length: 190 }, (_, i) => (i + 10) ** 2));
  });

  test('[SU2] over a list gives every value in order, with args', async () => {
    world.donate();
    const grid = await world.submitter();
    const words = ['tab', 'grid', 'shard'];
    const job = grid.map(words, (word, ctx) => `${ctx.args.greeting} ${word}`, {
      args: { greeting: 'hello' },
    });
    expect(await job).toEqual(words.map((word) => `hello ${word}`));
  });

  test('[SU3] takes inputs from an asynchronous source as they come', async () => {
    world.donate();
    const grid = await world.submitter();
    const asked: number[] = [];
    const answered: number[] = [];
    async function* source() {
      for (let i = 0; i < 5; i++) {
        asked.push(i);
        yield i;
        while (answered.length <= i) await tick();
      }
    }
    const job = grid.map(source(), (n) => n + 1);
    for await (const result of job.results()) {
      if (result.status === 'fulfilled') answered.push(result.value as number);
    }
    expect(answered).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toHaveLength(5);
  });

  test('[SU4] reads its files, larger than a message, by path', async () => {
    world.donate();
    world.donate();
    const grid = await world.submitter();
    const bytes = new Uint8Array(2_500_000).map((_, i) => i * 31);
    const sum = await grid.map(
      range(3),
      async (n, ctx) => (await ctx.files.read('/in/data'))[n * 1_000_000] as number,
      { files: { '/in/data': bytes } },
    );
    expect(sum).toEqual([0, 1, 2].map((n) => bytes[n * 1_000_000]));
  });

  test('[SU5] with tasks that throw keeps the rest and tells why', async () => {
    world.donate();
    const grid = await world.submitter();
    const job = grid.map(range(6), (n) => {
      if (n === 3) throw new Error(`no ${n}`);
      return n;
    });
    const rejected = await Promise.resolve(job).then(
      () => undefined,
      (thrown: AggregateError) => thrown,
    );
    const [error] = (rejected?.errors ?? []) as GridError[];
    expect(rejected?.errors).toHaveLength(1);
    expect(error?.code).toBe('task-threw');
    expect(error?.message).toContain('no 3');
    expect((await job.ended()).state).toBe('partial');
  });

  test('[SU6] that uses a name from outside is refused at once, by that name', async () => {
    const grid = await world.submitter();
    const outside = 5;
    expect(() => grid.map(range(3), (n) => n + outside)).toThrowError(/outside/);
    try {
      grid.map(range(3), (n) => n + outside);
    } catch (thrown) {
      expect((thrown as GridError).code).toBe('free-variable');
      expect((thrown as GridError).details).toEqual(['outside']);
    }
  });

  test('[SU7] can be cancelled, and says so to who waits', async () => {
    const grid = await world.submitter();
    const job = grid.map(range(1_000_000_000), (n) => n);
    await job.submitted;
    await job.cancel('changed my mind');
    expect(await job.ended()).toMatchObject({ state: 'cancelled', reason: 'changed my mind' });
    await expect(Promise.resolve(job)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('[SU91] cancelled while its inputs are sent, it keeps what was computed for whoever reads it', async () => {
    world.donate();
    const grid = await world.submitter();
    const never = new Promise<void>(() => {});
    async function* inputs() {
      for (let n = 0; n < 5; n++) yield n;
      await never;
    }
    const job = grid.map(inputs(), (n) => n * n, { buffer: 1 });
    const seen = new Map<number, unknown>();
    for await (const row of job.results()) {
      if (row.status === 'fulfilled') seen.set(row.index, row.value);
      if (seen.size === 4) break;
    }
    await job.cancel('enough');
    const again = (await world.submitter()).job<number>(job.id);
    const kept = new Map<number, unknown>();
    for await (const row of again.results()) {
      if (row.status === 'fulfilled') kept.set(row.index, row.value);
    }
    expect(await again.ended()).toMatchObject({ state: 'cancelled', reason: 'enough' });
    for (const [index, value] of seen)
      expect([index, kept.get(index), value]).toEqual([index, value, index ** 2]);
  });

  test('[SU8] can be taken up again by its id, from its first row', async () => {
    world.donate();
    const first = await world.submitter();
    const job = first.map(range(100), (n) => n);
    await job.ended();
    const second = await world.submitter();
    expect(await second.job(job.id)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('[SU9] at quorum 2 gives only right values beside a liar', async () => {
    world.donate({ fault: 'wrong' });
    world.donate();
    world.donate();
    const grid = await world.submitter();
    const job = grid.map(range(500), (n) => n * 3, { quorum: 2 });
    expect(await job).toEqual(Array.from({ length: 500 }, (_, i) => i * 3));
    const nodes = await grid.nodes();
    expect(nodes.filter(({ invalid }) => invalid > 0)).toHaveLength(1);
  });
});

describe('a token', () => {
  test('[SU10] is wanted from everyone who submits', async () => {
    await expect(world.submitter('')).rejects.toMatchObject({ code: 'token-missing' });
    await expect(world.submitter('forged')).rejects.toMatchObject({ code: 'token-refused' });
    await expect(world.submitter('trusted')).rejects.toMatchObject({ code: 'token-refused' });
  });

  test('[SU11] shows its holder no job of somebody else', async () => {
    const [ann, bob] = [await world.submitter('user-ann'), await world.submitter('user-bob')];
    const job = ann.map(range(5), (n) => n);
    await job.submitted;
    expect(await ann.jobs()).toHaveLength(1);
    expect(await bob.jobs()).toHaveLength(0);
    await expect(bob.job(job.id).cancel()).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(bob.job(job.id).explain()).rejects.toMatchObject({ code: 'job-unknown' });
  });
});

describe('inputs', () => {
  test('[SU12] that make no job are refused by code', () => {
    const code = (act: () => unknown) => {
      try {
        act();
        return 'accepted';
      } catch (thrown) {
        return (thrown as GridError).code;
      }
    };
    expect(code(() => range(5, 5))).toBe('input-empty');
    expect(code(() => range(5, 1))).toBe('input-empty');
    expect(code(() => range(Number.NaN))).toBe('input-invalid');
    expect(code(() => range(0, 1.5))).toBe('input-invalid');
  });

  test('[SU13] whose source throws end the job with the reason', async () => {
    const grid = await world.submitter();
    function* broken() {
      yield 1;
      throw new Error('row 2 is torn');
    }
    const job = grid.map(broken(), (n) => n);
    expect(await job.ended()).toMatchObject({ state: 'cancelled' });
    expect(job.view?.reason).toContain('row 2 is torn');
  });
});

/** One turn of the loop. */
function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
