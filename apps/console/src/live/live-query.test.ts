import { GridError } from '@manytabs/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveQuery } from './live-query.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function setup(answers: readonly (string | GridError)[]) {
  let asked = 0;
  const query = new LiveQuery(async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer instanceof GridError) throw answer;
    return answer;
  }, 500);
  return { query, asked: () => asked };
}

test('[UI21] a value is asked for while somebody looks, and not otherwise', async () => {
  const { query, asked } = setup(['a', 'b']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked()).toBe(0);
  const leave = query.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(600);
  expect(query.known).toEqual({ value: 'b', at: 3_500, error: undefined });
  leave();
  const before = asked();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked()).toBe(before);
});

test('[UI21] after a failure the last value stays, with its age and the reason', async () => {
  const lost = new GridError('connection-lost', 'gone');
  const { query } = setup(['a', lost, lost, 'b']);
  query.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(700);
  expect(query.known).toEqual({ value: 'a', at: 1_000, error: lost });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(query.known).toMatchObject({ value: 'b', error: undefined });
});

test('[UI21] a question that hangs is not asked twice', async () => {
  let asked = 0;
  const query = new LiveQuery(() => {
    asked++;
    return new Promise<string>(() => {});
  }, 500);
  query.subscribe(() => {});
  query.refresh();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(1);
});
