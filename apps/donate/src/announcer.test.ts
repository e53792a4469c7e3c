import { expect, test } from 'vitest';
import { Announcer } from './announcer.ts';

test('[UI45] says the newest state at most once in ten seconds', () => {
  const announcer = new Announcer();
  announcer.offer('Connecting', false);
  expect(announcer.take(0)).toBe('Connecting');
  announcer.offer('Waiting', false);
  announcer.offer('Computing', false);
  expect(announcer.take(9_999)).toBeUndefined();
  expect(announcer.wait(4_000)).toBe(6_000);
  expect(announcer.take(10_000)).toBe('Computing');
  expect(announcer.wait(10_000)).toBeUndefined();
});

test('[UI45] says nothing where the state came back before its turn', () => {
  const announcer = new Announcer();
  announcer.offer('Computing', false);
  announcer.take(0);
  announcer.offer('Waiting', false);
  announcer.offer('Computing', false);
  expect(announcer.take(60_000)).toBeUndefined();
});

test('[UI45] says at once what a person asked for', () => {
  const announcer = new Announcer();
  announcer.offer('Computing', false);
  announcer.take(0);
  announcer.offer('Paused', true);
  expect(announcer.take(1)).toBe('Paused');
});
