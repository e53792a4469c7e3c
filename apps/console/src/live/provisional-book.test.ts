import type { JobEvents } from 'manytabs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProvisionalBook } from './provisional-book.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function talkingJob() {
  const listeners = new Map<string, (event: never) => void>();
  const job = {
    on<Name extends keyof JobEvents>(name: Name, listener: (event: JobEvents[Name]) => void) {
      listeners.set(name, listener as (event: never) => void);
      return () => void listeners.delete(name);
    },
  };
  const say = (name: string, event: object) => listeners.get(name)?.(event as never);
  return { job, say, listeners };
}

test('[UI235] what is not final is shown until it is, and says when it was taken back', () => {
  const { job, say, listeners } = talkingJob();
  const book = new ProvisionalBook(job);
  const stop = book.subscribe(() => {});
  for (const index of [1, 2, 3])
    say('provisional', { index, value: `<b>${index}`, state: 'provisional', confidence: 0.9 });
  say('retract', { index: 2 });
  book.settle(1);
  vi.runAllTimers();
  expect(book.getRows()).toEqual([
    { index: 2, text: '"<b>2"', confidence: 0, isRetracted: true },
    { index: 3, text: '"<b>3"', confidence: 0.9, isRetracted: false },
  ]);
  stop();
  expect(listeners.size).toBe(0);
});

test('[UI235] it is bounded, the newest stay', () => {
  const { job, say } = talkingJob();
  const book = new ProvisionalBook(job);
  book.subscribe(() => {});
  for (let index = 0; index < 1_000; index++)
    say('provisional', { index, value: index, state: 'provisional', confidence: 0.5 });
  vi.runAllTimers();
  expect(book.getRows()).toHaveLength(200);
  expect(book.getRows()[0]?.index).toBe(999);
});
