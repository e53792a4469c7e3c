import type { FileHealth } from '@manytabs/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HealthBook } from './health-book.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('[UI270] the health of the files in sight is asked for at once, and again while they are', async () => {
  const asked: string[][] = [];
  let health: FileHealth = 'full';
  const book = new HealthBook({
    health: async (paths) => {
      asked.push([...paths]);
      return paths.map(() => health);
    },
  });
  const told = vi.fn();
  const ends = Array.from({ length: 70 }, (_, n) => book.watch(`/${n}`, told));
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.map((paths) => paths.length)).toEqual([64, 6]);
  expect([book.get('/69'), told.mock.calls.length]).toEqual(['full', 70]);
  for (const end of ends.slice(1)) end();
  health = 'degraded';
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.slice(2)).toEqual([['/0']]);
  expect([book.get('/0'), book.get('/69')]).toEqual(['degraded', undefined]);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(3);
});
