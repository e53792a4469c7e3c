import { expect, test } from 'vitest';
import { nodeView } from '../../fixture/scene.ts';
import { CELLS_MAX, countLooks, heatCells } from './heat-cells.ts';

test('[UI23] every worker is one mark, busy or free by what its tab runs, bounded in all', () => {
  const node = { ...nodeView(0, 0), workers: 4, running: 3, state: 'computing' as const };
  const quarantined = { ...node, workers: 2, state: 'quarantined' as const };
  expect(Object.fromEntries(countLooks(heatCells([node, quarantined])))).toEqual({
    busy: 3,
    free: 1,
    quarantined: 2,
  });
  const many = Array.from({ length: 20_000 }, () => node);
  expect(heatCells(many)).toHaveLength(CELLS_MAX);
});
