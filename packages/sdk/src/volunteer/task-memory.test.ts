import { expect, test } from 'vitest';
import { taskMemory } from './task-memory.ts';

test('[RU95] a device gives a task a quarter of its memory, where its browser says how much that is', () => {
  expect(taskMemory({ deviceMemory: 2 })).toBe(512);
  expect(taskMemory({ deviceMemory: 0.1 })).toBe(64);
  expect(taskMemory({})).toBeUndefined();
  expect(taskMemory({ deviceMemory: Number.NaN })).toBeUndefined();
});
