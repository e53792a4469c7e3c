import { expect, test } from 'vitest';
import { type Life, Lives } from './lives.ts';

function life(epoch: number, heir?: number, settled = false): Life {
  return { epoch, server: `s${epoch}`, address: '', url: '', beat: 0, left: false, heir, settled };
}

function livesOf(...all: Life[]): Lives {
  const lives = new Lives();
  lives.replace(all);
  return lives;
}

test('[SV26] who takes over a life fences those that it had not read, and those that these had not', () => {
  const dead = life(3, 4);
  const lives = livesOf(life(1, 2), life(2, 3), dead, life(4), life(5, 3, true));
  expect(lives.unreadBy(dead).map(({ epoch }) => epoch)).toEqual([3, 2, 1]);
});

test('[SV26] a job comes by the life that its heir took over itself', () => {
  const lives = livesOf(life(1, 2, true), life(2, 4), life(3, 4), life(4));
  expect(lives.wayTo(4, 1)).toBe(2);
  expect(lives.wayTo(4, 3)).toBe(3);
  expect(lives.wayTo(4, 4)).toBe(4);
  expect(lives.wayTo(3, 1)).toBe(undefined);
  expect(lives.wayTo(4, 9)).toBe(undefined);
});
