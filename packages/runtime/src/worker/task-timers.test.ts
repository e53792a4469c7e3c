import { expect, test, vi } from 'vitest';
import { TaskTimers } from './task-timers.ts';

test('[RU94] timers run, can be cleared, and end with their task; the module keeps its own', () => {
  vi.useFakeTimers();
  const timers = new TaskTimers({ setTimeout, clearTimeout });
  const heard: string[] = [];
  const say = (word: string) => heard.push(word);
  timers.set(say, 5, 'module');
  timers.release();
  timers.set(say, 1, 'task');
  timers.clear(timers.set(say, 1, 'cleared') as ReturnType<typeof setTimeout>);
  vi.advanceTimersByTime(2);
  timers.set(say, 1, 'left');
  timers.end();
  vi.advanceTimersByTime(10);
  expect(heard).toEqual(['task', 'module']);
  const signal = timers.signal(3);
  vi.advanceTimersByTime(5);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  expect(timers.set('heard.push(1)')).toBe(0);
  vi.useRealTimers();
});
