import { expect, test, vi } from 'vitest';
import { gridContract } from '../../test/grid-contract.ts';
import { range } from '../client/inputs.ts';
import { python } from '../client/modules.ts';
import { Grid } from '../index.ts';

// The first grid builds the script of its threads.
vi.setConfig({ hookTimeout: 120_000 });

gridContract('local', async () => {
  const grid = await Grid.local({ workers: 2 });
  return { grid, close: () => grid.close() };
});

test('[RU91] a task in a thread has no globals of Node, and every tier of trust finds its votes', async () => {
  await using grid = await Grid.local({ workers: 1 });
  const seen = grid.map(
    [0],
    () => {
      const names = [
        'process',
        'require',
        'module',
        'Buffer',
        'fetch',
        'importSource',
        'postMessage',
      ];
      const scope = globalThis as unknown as Record<string, unknown>;
      return names.filter((name) => scope[name] !== undefined);
    },
    { quorum: 3 },
  );
  expect(await seen).toEqual([[]]);
});

test('[RU91] [RU95] a thread that takes more memory than its job asked for is ended, and the others go on', async () => {
  const grid = await Grid.local({ workers: 1 });
  const job = grid.map(
    [1, 200, 2],
    (mib) => {
      const kept: unknown[] = [];
      for (let i = 0; i < mib; i++) kept.push(Array.from({ length: 131_072 }, (_, n) => n + i / 3));
      return kept.length;
    },
    { requires: { memoryMB: 64 }, retries: 0 },
  );
  const ended: Record<number, unknown> = {};
  for await (const result of job.results())
    ended[result.index] = result.status === 'fulfilled' ? result.value : result.error.code;
  expect(ended).toEqual({ 0: 1, 1: 'task-crashed', 2: 2 });
  await grid.close();
});

test('[RU91] a thread that takes too long is ended, and the others go on', async () => {
  await using grid = await Grid.local({ workers: 2 });
  const job = grid.map(
    range(3),
    (n) => {
      while (n === 1) n = 1;
      return n;
    },
    { timeout: 300, retries: 0 },
  );
  const { tasks } = await job.ended();
  expect(tasks).toMatchObject({ final: 2, failed: 1 });
});

test('[RU92] a script of Python runs in threads too, without Node, with files in and out', async () => {
  await using grid = await Grid.local({ workers: 1 });
  const script = `
import random, time
def main(n, ctx):
    try:
        import js
        seen = hasattr(js, "process") or hasattr(js, "require")
    except ImportError:
        seen = None
    ctx.files.write("out.txt", str(n))
    return [n * n, ctx.files.read_text("in.txt"), random.random(), time.time(), seen]
`;
  const files = { 'in.txt': new TextEncoder().encode('häh') };
  const job = grid.map([2, 3], python(script), { files, trust: 'standard', timeout: 60_000 });
  const rows = (await job) as unknown[][];
  expect(rows.map(([square, text, , , seen]) => [square, text, seen])).toEqual([
    [4, 'häh', false],
    [9, 'häh', false],
  ]);
  const failing = grid.map([0], python('def main(n):\n    return 1 // n'), { retries: 0 });
  for await (const row of failing.settled())
    expect(row).toMatchObject({ error: { message: expect.stringContaining('ZeroDivisionError') } });
}, 120_000);
