import type { NodeView } from '@manytabs/protocol';

export type CellLook = 'busy' | 'free' | 'paused' | 'silent' | 'quarantined';

/** Squares drawn at most; a larger grid shows its busiest part. */
export const CELLS_MAX = 8_000;

export interface HeatCell {
  readonly look: CellLook;
  readonly node: NodeView;
}

/** One square per worker: node by node, the busy ones of a node first. */
export function heatCells(nodes: readonly NodeView[]): readonly HeatCell[] {
  const cells: HeatCell[] = [];
  for (const node of nodes) {
    for (let worker = 0; worker < node.workers; worker++) {
      if (cells.length >= CELLS_MAX) return cells;
      cells.push({ node, look: lookOf(node, worker) });
    }
  }
  return cells;
}

function lookOf(node: NodeView, worker: number): CellLook {
  switch (node.state) {
    case 'paused':
      return 'paused';
    case 'suspect':
      return 'silent';
    case 'quarantined':
      return 'quarantined';
    default:
      return worker < node.running ? 'busy' : 'free';
  }
}

export function countLooks(cells: readonly HeatCell[]): ReadonlyMap<CellLook, number> {
  const counts = new Map<CellLook, number>();
  for (const { look } of cells) counts.set(look, (counts.get(look) ?? 0) + 1);
  return counts;
}
