import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Grid,
  type GridError,
  type JobEvents,
  range,
  type TaskContext,
  type TaskError,
} from '../src/index.ts';

/** A grid with somebody who computes, and what ends it. */
export interface OpenGrid {
  readonly grid: Grid;
  close(): Promise<void>;
}

/** What `grid.map` and its like mean, on a connected grid and on a local one. */
export function gridContract(name: string, open: () => Promise<OpenGrid>): void {
  let opened: OpenGrid;
  let grid: Grid;

  beforeEach(async () => {
    opened = await open();
    grid = opened.grid;
  });

  afterEach(() => opened.close());

  describe(`a job on a ${name} grid`, () => {
    test('[SU1] over a range gives every value in order', async () => {
      expect(await grid.map(range(10, 30), (n) => n * n)).toEqual(
        numbers(20, (i) => (i + 10) ** 2),
      );
    });

    test('[SU2] over a list gives every value in order, with args', async () => {
      const job = grid.map(['tab', 'grid'], (word, ctx) => `${ctx.args.greeting} ${word}`, {
        args: { greeting: 'hello' },
      });
      expect(await job).toEqual(['hello tab', 'hello grid']);
    });

    test('[SU4] reads its files by path', async () => {
      const file = new Uint8Array(300_000).map((_, i) => i);
      const read = grid.map([7, 200_000], async (n, ctx) => (await ctx.files.read('/in/a'))[n], {
        files: { '/in/a': file },
      });
      expect(await read).toEqual([7, 200_000].map((n) => file[n]));
    });

    test('[SU4] of small files goes with a list of inputs too', async () => {
      const files = { a: Uint8Array.of(1, 2), b: Uint8Array.of(3), c: Uint8Array.of(4) };
      const read = grid.map(['a', 'b', 'c'], async (path, ctx) => (await ctx.files.read(path))[0], {
        files,
      });
      expect(await read).toEqual([1, 3, 4]);
    });

    test('[SU5] with a task that throws keeps the rest, and tells of every attempt', async () => {
      const job = grid.map(
        range(4),
        (n) => {
          if (n === 2) throw new Error(`no ${n}`);
          return n;
        },
        { retries: 1 },
      );
      const rows = await list(job.settled());
      expect(rows.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      const error = (await rejection(job)).errors[0] as TaskError;
      expect(error).toMatchObject({ code: 'task-threw', index: 2, retryable: false });
      expect(error.attempts.map(({ message }) => message)).toEqual(
        ['Error: no 2', 'Error: no 2'].map((m) => expect.stringContaining(m.slice(7))),
      );
      expect(error.hint).not.toBe('');
    });

    test('[SU60] takes back what its reader does not consume: an endless source is read no further', async () => {
      let drawn = 0;
      function* endless() {
        for (;;) yield { number: drawn++, padding: 'x'.repeat(2_000) };
      }
      const job = grid.map(endless(), ({ number }) => number);
      for await (const row of job.results()) if (row.index > 20) break;
      await job.cancel('enough');
      expect((await job.ended()).state).toBe('cancelled');
      // What was drawn for an order that was under way is refused, and that ends it.
      let then = -1;
      for (let rounds = 0; drawn !== then && rounds < 20; rounds++) {
        then = drawn;
        for (let i = 0; i < 20; i++) await turn();
      }
      expect(drawn).toBe(then);
    });

    test('[SU81] reads a generator no further ahead of the grid than its buffer', async () => {
      let drawn = 0;
      function* endless() {
        for (;;) yield { number: drawn++, padding: 'x'.repeat(2_000) };
      }
      const job = grid.map(endless(), ({ number }) => number, { buffer: 100 });
      for await (const row of job.results()) if (row.index >= 300) break;
      await job.pause();
      for (let i = 0; i < 200; i++) await turn();
      const view = (await grid.jobs()).find(({ jobId }) => jobId === job.id);
      expect(view?.tasks.final).toBeGreaterThan(0);
      expect(drawn).toBeLessThan((view?.tasks.final ?? 0) + 500);
      await job.cancel();
    });

    test('[SU61] streams its values in order, and is read no further than asked', async () => {
      const reader = grid
        .map(range(50), (n) => n + 1)
        .stream()
        .getReader();
      expect((await reader.read()).value).toBe(1);
      expect((await reader.read()).value).toBe(2);
      await reader.cancel();
    });

    test('[SU62] goes on being read behind any result, by another handle', async () => {
      const job = grid.map(range(600), (n) => n);
      await job.ended();
      const rows = await list(job.results());
      const half = rows[251];
      const rest = await list(grid.job(job.id).results({ after: half?.cursor }));
      expect(rest.map(({ index }) => index)).toEqual(rows.slice(252).map(({ index }) => index));
    });

    test('[SU63] is cancelled by its signal, before and after it was submitted', async () => {
      const aborter = new AbortController();
      const job = grid.map(range(1e9), (n) => n, { signal: aborter.signal });
      await job.submitted;
      aborter.abort(new Error('had enough'));
      expect(await job.ended()).toMatchObject({ state: 'cancelled', reason: 'had enough' });
      const never = grid.map(range(5), (n) => n, { signal: AbortSignal.abort() });
      await expect(never.submitted).rejects.toMatchObject({ code: 'aborted' });
    });

    test('[SU64] ends at its deadline with what it has, and says so', async () => {
      const job = grid.map(
        range(1e9),
        (n) => {
          for (let i = 0, x = n; i < 1e5; i++) x = (x * 16_807) % 2_147_483_647;
          return n;
        },
        { deadline: 300 },
      );
      const view = await job.ended();
      expect(['partial', 'failed']).toContain(view.state);
      expect(view.reason).toContain('deadline-passed');
      await expect(Promise.resolve(job)).rejects.toMatchObject({ code: 'deadline-passed' });
    });

    test('[SU65] ends when its budget is spent, with what it has', async () => {
      const job = grid.map(range(1e9), spin, { budget: { coreSeconds: 0.001 } });
      expect((await job.ended()).reason).toContain('budget-spent');
      await expect(Promise.resolve(job)).rejects.toMatchObject({ code: 'budget-spent' });
    });

    test('[SU66] rests before a task is tried again, and tells of it', async () => {
      const attempts: number[] = [];
      const fails = grid.map(
        [0],
        () => {
          throw new Error('not yet');
        },
        { retries: { max: 2, backoff: 200 } },
      );
      fails.on('retry', ({ attempt, message }) => {
        attempts.push(attempt);
        expect(message).toContain('not yet');
      });
      const { submittedAt, endedAt = 0 } = await fails.ended();
      expect(attempts.length).toBeGreaterThan(0);
      expect(endedAt - submittedAt).toBeGreaterThanOrEqual(200);
    });

    test('[SU67] that requires what no tab has, or is not here, is refused at once', async () => {
      const gpu = () => grid.map([1], (n) => n, { requires: { gpu: true } });
      expect(gpu).toThrowError(expect.objectContaining({ code: 'infeasible' }));
      const many = grid.map([1], (n) => n, { requires: { volunteers: 50 } });
      await expect(many.submitted).rejects.toMatchObject({ code: 'infeasible' });
      await expect(Promise.resolve(many)).rejects.toMatchObject({ code: 'infeasible' });
    });

    test('[SU68] of the same key is the same job', async () => {
      const first = grid.map(range(20), (n) => n * 2, { key: 'doubles' });
      await first;
      const second = grid.map(range(20), (n) => n * 2, { key: 'doubles', name: 'again' });
      expect(second.id).toBe(first.id);
      expect(await second).toEqual(numbers(20, (i) => i * 2));
      expect(grid.map(range(21), (n) => n * 2, { key: 'doubles' }).id).not.toBe(first.id);
    });

    test('[SU69] computes inputs of equal keys once', async () => {
      const words = ['b', 'a', 'B', 'b', 'A'];
      const job = grid.map(words, (word) => word.toUpperCase(), {
        key: (word: string) => word.toLowerCase(),
      });
      expect(await job).toEqual(['B', 'A', 'B', 'B', 'A']);
      expect((await job.ended()).tasks.total).toBe(2);
    });

    test('[SU89] computes nothing that an earlier job of the same program remembers', async () => {
      const square = (n: number) => ({ square: n * n });
      const options = { key: String, memo: true };
      const first = grid.map([1, 2, 3, 2], square, options);
      expect(await first).toEqual([1, 2, 3, 2].map(square));
      const second = grid.map([3, 4, 1, 4], square, { ...options, name: 'again' });
      expect(await second).toEqual([3, 4, 1, 4].map(square));
      expect((await second.ended()).tasks.total).toBe(1);
      const whole = grid.map([2, 4], square, options);
      expect(await list(whole.results({ ordered: true }))).toMatchObject([
        { index: 0, status: 'fulfilled', state: 'final', value: { square: 4 } },
        { index: 1, status: 'fulfilled', state: 'final', value: { square: 16 } },
      ]);
      expect((await whole.ended()).tasks.total).toBe(0);
      const surer = grid.map([2], square, { ...options, quorum: 3 });
      await new Promise<void>((resolve) => {
        surer.on('progress', ({ tasks }) => tasks.total === 1 && resolve());
      });
      await surer.cancel('seen');
    });

    test('[SU70] tells of results and logs as they come', async () => {
      const results: number[] = [];
      const logs: string[] = [];
      const job = grid.map(range(3), (n, ctx) => {
        ctx.log('at', n);
        return n;
      });
      job.on('result', ({ index }) => results.push(index));
      job.on('log', ({ text }) => logs.push(text));
      await job;
      await until(() => results.length === 3 && logs.length === 3);
      expect(results.sort()).toEqual([0, 1, 2]);
      expect(logs.sort()).toEqual(['at 0', 'at 1', 'at 2']);
    });

    test('[SU90] shows what its tasks show, small, where it asks for that', async () => {
      const show = async (n: number, { preview }: TaskContext) => {
        preview({ width: 200, height: 100, rgba: new Uint8Array(80_000).fill(n + 7) });
        return n;
      };
      const seen: JobEvents['preview'][] = [];
      const job = grid.map(range(1), show, { previews: true });
      job.on('preview', (event) => seen.push(event));
      await job;
      await expect.poll(() => seen.length).toBeGreaterThan(0);
      const { index, width, height, rgba } = seen[0] as JobEvents['preview'];
      expect([index, width, height]).toEqual([0, 90, 45]);
      expect(rgba).toEqual(new Uint8Array(4 * 90 * 45).fill(7));
    });

    test('[SU71] retries what failed as a job of its own, also by id alone', async () => {
      const job = grid.map(['1', 'x', '3', 'y'], (text) => {
        if (!/[0-9x]/.test(text)) throw new Error('no number');
        return text;
      });
      await job.ended();
      const again = grid.job(await grid.job(job.id).retryFailed());
      const [error] = (await rejection(again)).errors as GridError[];
      expect(error?.code).toBe('task-threw');
      expect((await again.ended()).tasks).toMatchObject({ total: 1, failed: 1 });
    });
  });

  describe(`a stage on a ${name} grid`, () => {
    test('[SU72] has a task for each value of the job before it, fed while that runs', async () => {
      const squares = grid.map(range(300), (n) => n * n);
      const texts = squares.map((n) => `${n}!`);
      expect(await texts).toEqual(numbers(300, (i) => `${i * i}!`));
    });

    test('[SU73] fails where the task before it failed, and only there', async () => {
      const odd = grid.map(range(6), (n) => {
        if (n === 4) throw new Error('four');
        return n;
      });
      const rows = await list(odd.map((n) => n * 10).results({ ordered: true }));
      expect(rows.map(({ status }) => status)).toEqual(
        numbers(6, (i) => (i === 4 ? 'rejected' : 'fulfilled')),
      );
      expect(rows[4]).toMatchObject({ error: { code: 'input-missing' } });
    });

    test('[SU74] reduces on the grid as a tree, in the order of the values', async () => {
      const letters = grid.map(range(100), (n) => String.fromCharCode(97 + (n % 26)));
      const text = letters.reduce((a, b) => a + b, '', { on: 'grid', fanIn: 3 });
      expect(await text).toBe(numbers(100, (n) => String.fromCharCode(97 + (n % 26))).join(''));
      const sum = grid.map(range(1000), (n) => n).reduce((a, b) => a + b, 0, { on: 'grid' });
      expect(await sum).toBe(499_500);
    });

    test('[SU75] reduces with another function for outputs, and here in order', async () => {
      const words = ['one', 'three', 'seven'];
      const length = (sum: number, word: string) => sum + word.length;
      const combine = (a: number, b: number) => a + b;
      const job = grid.map(words, (word) => word);
      expect(await job.reduce(length, 0, { on: 'grid', fanIn: 2, combine })).toBe(13);
      expect(await job.reduce(length, 0)).toBe(13);
      expect(await job.reduce((a, b) => a + b)).toBe('onethreeseven');
    });

    test('[SU76] tells of a reduce that throws, by its message', async () => {
      const job = grid.map(range(20), (n) => n);
      const broken = job.reduce(
        (a, b) => {
          if (b === 13) throw new Error('thirteen');
          return a + b;
        },
        0,
        { on: 'grid', fanIn: 4 },
      );
      await expect(Promise.resolve(broken)).rejects.toMatchObject({ code: 'task-threw' });
      expect(await job).toHaveLength(20);
    });

    test('[SU77] submits one task over its arguments', async () => {
      expect(await grid.submit((a, b) => a * b, [6, 7] as const)).toBe(42);
    });

    test('[SU78] makes a small graph of what reads from what', async () => {
      const graph = grid.graph((g) => {
        const parts = g.map('split', ['a b', 'c'], (text) => text.split(' '));
        const counts = g.map('count', parts, (words) => words.length);
        const report = g.submit('report', (lists, sizes) => ({ lists, sizes }), [parts, counts]);
        return { counts, report };
      });
      expect(await graph).toEqual({
        counts: [2, 1],
        report: { lists: [['a', 'b'], ['c']], sizes: [2, 1] },
      });
    });

    test('[SU79] of a job that was cancelled is cancelled, and says why', async () => {
      const first = grid.map(range(1e9), spin);
      const second = first.map((n) => n);
      await second.submitted;
      await first.cancel('no more');
      const view = await second.ended();
      expect(view.state).toBe('cancelled');
      expect(view.reason).toContain('no more');
    });

    test('[SU79] of a job whose inputs ended early is cancelled too, though it had them all', async () => {
      async function* inputs() {
        yield 1;
        throw new Error('no more of them');
      }
      const first = grid.map(inputs(), (n) => n);
      const stages = [first.map((n) => n), first.reduce((a, b) => a + b, 0, { on: 'grid' })];
      for (const stage of stages) {
        const view = await stage.ended();
        expect(view.state).toBe('cancelled');
        expect(view.reason).toContain('no more of them');
      }
    });

    test('[SU80] is estimated from three of its tasks', async () => {
      const estimate = await grid.estimate(range(1000), (n) => n + 1);
      expect(estimate.tasks).toBe(1000);
      expect(estimate.pilot.map((row) => (row.status === 'fulfilled' ? row.value : 0))).toEqual(
        expect.arrayContaining([1, 501, 1000]),
      );
      expect(estimate.coreSeconds).toBeGreaterThan(0);
    });
  });
}

function spin(n: number): number {
  for (let i = 0, x = n; i < 1e5; i++) x = (x * 16_807) % 2_147_483_647;
  return n;
}

function numbers<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function rejection(job: PromiseLike<unknown>): Promise<AggregateError> {
  return Promise.resolve(job).then(
    () => expect.unreachable('it was fulfilled'),
    (thrown: AggregateError) => thrown,
  );
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}
