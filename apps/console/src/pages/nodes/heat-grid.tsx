import type { NodeView } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { countText } from '../../model/duration.ts';
import { type CellLook, countLooks, type HeatCell, heatCells } from './heat-cells.ts';
import './heat-grid.css';

const LOOKS: readonly (readonly [CellLook, string])[] = [
  ['busy', 'busy'],
  ['free', 'free'],
  ['paused', 'paused'],
  ['silent', 'silent'],
  ['quarantined', 'quarantined'],
];

const PITCH = 14;

/** All workers at a glance: one mark each, its look by shape as well as by colour. */
export function HeatGrid({ nodes }: { readonly nodes: readonly NodeView[] }): ReactNode {
  const cells = useMemo(() => heatCells(nodes), [nodes]);
  const counts = countLooks(cells);
  const columns = Math.max(12, Math.min(80, Math.ceil(Math.sqrt(cells.length * 6))));
  const rows = Math.max(1, Math.ceil(cells.length / columns));
  const said = LOOKS.filter(([look]) => counts.has(look))
    .map(([look, name]) => `${counts.get(look)} ${name}`)
    .join(', ');
  return (
    <section className="card heat" aria-labelledby="heat-title">
      <h2 id="heat-title">Workers</h2>
      <svg
        viewBox={`0 0 ${columns * PITCH} ${rows * PITCH}`}
        style={{ maxWidth: columns * PITCH * 1.25 }}
        role="img"
        aria-label={`Workers: ${said}`}
      >
        {LOOKS.map(([look]) => (
          <path key={look} className={`cell-${look}`} d={lookPath(cells, look, columns)} />
        ))}
      </svg>
      <ul className="legend">
        {LOOKS.map(([look, name]) => (
          <li key={look} className={counts.has(look) ? '' : 'legend-none'}>
            <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
              <path className={`cell-${look}`} d={markPath(look, 0, 0)} />
            </svg>
            <strong>{countText(counts.get(look) ?? 0)}</strong> {name}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All marks of one look as one path, so that thousands of workers are five elements. */
function lookPath(cells: readonly HeatCell[], look: CellLook, columns: number): string {
  let path = '';
  cells.forEach((cell, i) => {
    if (cell.look !== look) return;
    path += markPath(look, (i % columns) * PITCH, Math.floor(i / columns) * PITCH);
  });
  return path;
}

/** Busy: a full square. Free: its outline. Paused: two bars. Silent: a dash. Quarantined: a cross. */
function markPath(look: CellLook, x: number, y: number): string {
  switch (look) {
    case 'busy':
      return `M${x + 1} ${y + 1}h12v12h-12z`;
    case 'free':
      return `M${x + 1.75} ${y + 1.75}h10.5v10.5h-10.5z`;
    case 'paused':
      return `M${x + 2} ${y + 2}h3.5v10h-3.5zM${x + 8.5} ${y + 2}h3.5v10h-3.5z`;
    case 'silent':
      return `M${x + 2} ${y + 6}h10v2h-10z`;
    case 'quarantined':
      return `M${x + 2.5} ${y + 2.5}l9 9M${x + 11.5} ${y + 2.5}l-9 9`;
  }
}
