import type { StatusView } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { nodeView } from '../fixture/scene.ts';
import { GridHistory, STREAM_LOOKS_MAX, STREAM_ROWS_MAX } from './grid-history.ts';

const status = (final: number) => ({ tasks: { running: 1, final } }) as StatusView;

test('[UI225] throughput is what became final between two looks, and never negative', () => {
  const history = new GridHistory();
  history.noteStatus(status(100), 1_000);
  expect(history.rate).toBe(0);
  history.noteStatus(status(160), 3_000);
  expect(history.rate).toBe(30);
  history.noteStatus(status(160), 3_000);
  expect(history.rate).toBe(30);
  history.noteStatus(status(5), 5_000);
  expect(history.rate).toBe(0);
});

test('[UI225] the task stream keeps the newest looks of a bounded number of tabs', () => {
  const history = new GridHistory();
  const many = Array.from({ length: STREAM_ROWS_MAX + 50 }, (_, n) => nodeView(n, 0));
  history.noteNodes(many, 1);
  expect(history.rows).toHaveLength(STREAM_ROWS_MAX);
  for (let at = 2; at <= STREAM_LOOKS_MAX + 1; at++) history.noteNodes(many.slice(0, 3), at);
  expect(history.looks).toHaveLength(STREAM_LOOKS_MAX);
  expect(history.rows).toHaveLength(3);
  expect(history.rows[0]?.cells[0]?.at).toBe(2);
});
