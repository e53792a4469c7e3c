import type { ReactNode } from 'react';
import type { GridHistory, StreamCell } from '../../live/grid-history.ts';
import { clockText, countText } from '../../model/duration.ts';
import { useGridHistory } from './use-grid-history.ts';

const ROW_PX = 9;
const LOOKS_MIN = 30;

type Look = 'full' | 'part' | 'free' | 'away';

const LOOKS: readonly (readonly [Look, string])[] = [
  ['full', 'all workers busy'],
  ['part', 'some busy'],
  ['free', 'none busy'],
  ['away', 'paused, silent or quarantined'],
];

/** A row for each tab, a column for each look at the grid: how busy it was then. */
export function StreamPanel(): ReactNode {
  const history = useGridHistory();
  const { looks, rows } = history;
  return (
    <section className="card os-panel os-wide" aria-labelledby="os-stream">
      <h2 id="os-stream">
        Task stream{' '}
        <span className="quiet">
          {countText(rows.length)} tabs
          {looks.length > 1
            ? `, ${clockText(looks[0] ?? 0)} to ${clockText(looks.at(-1) ?? 0)}`
            : ''}
        </span>
      </h2>
      {rows.length === 0 ? (
        <p className="quiet">No tab was here yet.</p>
      ) : (
        <Raster history={history} />
      )}
      <ul className="legend">
        {LOOKS.map(([look, title]) => (
          <li key={look}>
            <svg viewBox="0 0 8 8" width="12" height="12" aria-hidden="true">
              <path className={`stream-${look}`} d={markPath(look, 0, 0, 7)} />
            </svg>{' '}
            {title}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Raster({ history }: { readonly history: GridHistory }): ReactNode {
  const { looks, rows } = history;
  const columns = Math.max(LOOKS_MIN, looks.length);
  const width = 1_000;
  const columnPx = width / columns;
  const place = new Map(looks.map((at, column) => [at, column]));
  const paths: Record<Look, string> = { full: '', part: '', free: '', away: '' };
  rows.forEach(({ cells }, row) => {
    for (const cell of cells) {
      const column = place.get(cell.at);
      if (column === undefined) continue;
      const look = lookOf(cell);
      paths[look] += markPath(look, column * columnPx, row * ROW_PX, columnPx);
    }
  });
  return (
    <svg
      className="stream"
      viewBox={`0 0 ${width} ${rows.length * ROW_PX}`}
      preserveAspectRatio="none"
      style={{ height: rows.length * ROW_PX }}
      role="img"
      aria-label={`How busy ${rows.length} tabs were in the last ${looks.length} looks`}
    >
      {LOOKS.map(([look]) => (
        <path key={look} className={`stream-${look}`} d={paths[look]} />
      ))}
    </svg>
  );
}

function lookOf({ state, running, workers }: StreamCell): Look {
  if (state === 'paused' || state === 'suspect' || state === 'quarantined') return 'away';
  if (running <= 0) return 'free';
  return running >= workers ? 'full' : 'part';
}

/** Told apart by height as well as by colour: full, half, a line, a dash in the middle. */
function markPath(look: Look, x: number, y: number, width: number): string {
  const box = (top: number, height: number) =>
    `M${x.toFixed(1)} ${y + top}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`;
  switch (look) {
    case 'full':
      return box(0, 8);
    case 'part':
      return box(4, 4);
    case 'free':
      return box(7, 1);
    case 'away':
      return box(3.5, 1.5);
  }
}
