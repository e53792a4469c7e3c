import { expect, test } from 'vitest';
import type { CoordinatorEffect } from './effect.ts';
import { TestGrid, testSpec } from './test-grid.ts';

const PICTURE = { width: 2, height: 1, rgba: new Uint8Array(8).fill(5) };

function working(previews: boolean) {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  const { program } = testSpec();
  grid.submit(1, testSpec({ tasks: 1, program: { ...program, previews } }));
  const { lease } = grid.first(session);
  const show = (change: object = {}) =>
    shown(grid.say(session, { type: 'preview', lease, index: 0, ...PICTURE, ...change }));
  return { grid, show };
}

function shown(effects: readonly CoordinatorEffect[]) {
  return effects.filter(({ type }) => type === 'preview');
}

test('[SU90] a picture of a task is told to who watches, twice a second at most', () => {
  const { grid, show } = working(true);
  expect(show()).toMatchObject([{ index: 0, ...PICTURE }]);
  expect(show()).toEqual([]);
  grid.at += 500;
  expect(show()).toHaveLength(1);
});

test('[SU90] none is told that nobody asked for, of a task not leased, or that is no picture', () => {
  expect(working(false).show()).toEqual([]);
  const { show } = working(true);
  expect(show({ index: 1 })).toEqual([]);
  expect(show({ width: 3 })).toEqual([]);
  expect(show({ lease: 999 })).toEqual([]);
});
