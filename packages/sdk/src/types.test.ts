import { describe, expectTypeOf, test } from 'vitest';
import {
  type Grid,
  type Job,
  jsModule,
  python,
  range,
  type TaskContext,
  type TaskResult,
  type WasiResult,
  wasi,
  wasm,
} from './index.ts';

// What the compiler knows without being told; nothing here runs.

declare const grid: Grid;

describe('types', () => {
  test('[SU86] of inputs reach the task, and its output reaches whoever waits', () => {
    void (() => {
      const job = grid.map(['a', 'b'], (word, ctx) => {
        expectTypeOf(word).toEqualTypeOf<string>();
        expectTypeOf(ctx.index).toEqualTypeOf<number>();
        return { length: word.length };
      });
      expectTypeOf(job).toEqualTypeOf<Job<{ length: number }>>();
      expectTypeOf<Awaited<typeof job>>().toEqualTypeOf<{ length: number }[]>();
      expectTypeOf(job.results()).toEqualTypeOf<AsyncIterable<TaskResult<{ length: number }>>>();
      expectTypeOf(job.stream()).toEqualTypeOf<ReadableStream<{ length: number }>>();
      expectTypeOf(grid.map(range(5), async (n) => `${n}`)).toEqualTypeOf<Job<string>>();
    });
  });

  test('[SU86] of args reach the context', () => {
    void (() => {
      grid.map(
        range(3),
        (n, ctx) => {
          expectTypeOf(ctx.args).toEqualTypeOf<{ by: number }>();
          return n * ctx.args.by;
        },
        { args: { by: 2 } },
      );
      const task = (n: number, ctx: TaskContext<{ by: number }>) => n * ctx.args.by;
      expectTypeOf(grid.map([1], task, { args: { by: 2 } })).toEqualTypeOf<Job<number>>();
      // @ts-expect-error what the task is given is not what it wants
      grid.map(['a'], task);
    });
  });

  test('[SU86] of asynchronous inputs, of files, and of stages', () => {
    void (() => {
      async function* lines() {
        yield { id: 1 };
      }
      expectTypeOf(grid.map(lines(), ({ id }) => id)).toEqualTypeOf<Job<number>>();
      const sizes = grid.map(grid.files.inputs('/in/*'), ({ path, bytes }) => ({ path, bytes }));
      expectTypeOf(sizes).toEqualTypeOf<Job<{ path: string; bytes: number }>>();
      const names = sizes.map(({ path }) => path.split('/'));
      expectTypeOf(names).toEqualTypeOf<Job<string[]>>();
      const total = sizes.map(({ bytes }) => bytes).reduce((a, b) => a + b, 0, { on: 'grid' });
      expectTypeOf<Awaited<typeof total>>().toEqualTypeOf<number>();
      const longest = names.reduce((a, list) => Math.max(a, list.length), 0);
      expectTypeOf<Awaited<typeof longest>>().toEqualTypeOf<number>();
    });
  });

  test('[SU86] of single tasks and graphs', () => {
    void (() => {
      const sum = grid.submit((a, b) => a + b.length, [1, 'x']);
      expectTypeOf<Awaited<typeof sum>>().toEqualTypeOf<number>();
      const graph = grid.graph((g) => {
        const parts = g.map('split', ['a b'], (text) => text.split(' '));
        const report = g.submit('report', (lists) => lists.flat().length, [parts]);
        return { parts, report };
      });
      expectTypeOf<Awaited<typeof graph>>().toEqualTypeOf<{ parts: string[][]; report: number }>();
    });
  });

  test('[SU86] of programs: a command gives a WasiResult; what a module gives can be said', () => {
    void (() => {
      const bytes = new Uint8Array();
      expectTypeOf(grid.map(['x'], wasi(bytes))).toEqualTypeOf<Job<WasiResult>>();
      const named = wasi<{ id: string }>(bytes, { args: ({ id }) => [id] });
      expectTypeOf(grid.map([{ id: 'x' }], named)).toEqualTypeOf<Job<WasiResult>>();
      const module = jsModule<number, string>('export default (n) => String(n)');
      expectTypeOf(grid.map([1], module)).toEqualTypeOf<Job<string>>();
      const script = python<number, { n: number }>('def main(n): return {"n": n}');
      expectTypeOf(grid.map([1], script)).toEqualTypeOf<Job<{ n: number }>>();
      const square = wasm<number, number>(bytes, { export: 'square' });
      expectTypeOf(grid.map([1], square)).toEqualTypeOf<Job<number>>();
      expectTypeOf(grid.map([1], jsModule('export default 1'))).toEqualTypeOf<Job<unknown>>();
      // @ts-expect-error the script wants numbers
      grid.map(['a'], script);
    });
  });

  test('[SU86] of events', () => {
    void (() => {
      const job = grid.map([1], (n) => n > 0);
      job.on('result', (row) => {
        if (row.status === 'fulfilled') expectTypeOf(row.value).toEqualTypeOf<boolean>();
        else expectTypeOf(row.error.attempts.length).toEqualTypeOf<number>();
      });
      // @ts-expect-error there is no such event
      job.on('nothing', () => {});
    });
  });
});
