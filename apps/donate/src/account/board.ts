import { duration } from '../format.ts';
import { part } from '../parts.ts';
import { pageLanguage } from '../words/page-speaker.ts';

const SHOWN_MAX = 20;
const ANSWER_MS = 10_000;

export interface BoardRow {
  readonly name: string;
  readonly team: string;
  readonly ms: number;
}

/** @throws what fetch throws, TypeError where the answer is none */
export async function readBoard(): Promise<readonly BoardRow[]> {
  const url = new URL('api/stats', location.href);
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  return boardOf(await response.json());
}

/** Only what it should be: what donors are called is a stranger's text. */
export function boardOf(answer: unknown): readonly BoardRow[] {
  const { donors } = (answer ?? {}) as { donors?: unknown };
  if (!Array.isArray(donors)) throw new TypeError('These are no statistics.');
  return donors.filter(isRow).slice(0, SHOWN_MAX);
}

function isRow(value: unknown): value is BoardRow {
  if (typeof value !== 'object' || value === null) return false;
  const { name, team, ms } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof team === 'string' && Number.isFinite(ms);
}

export function showBoard(rows: readonly BoardRow[]): void {
  part('board-empty').hidden = rows.length > 0;
  part('board-table').hidden = rows.length === 0;
  part('board-rows').replaceChildren(...rows.map(rowOf));
}

function rowOf({ name, team, ms }: BoardRow, index: number): HTMLTableRowElement {
  const row = document.createElement('tr');
  const rank = (index + 1).toLocaleString(pageLanguage());
  for (const text of [rank, name, team, duration(ms)]) {
    const cell = document.createElement('td');
    const isolated = document.createElement('bdi');
    isolated.textContent = text;
    cell.append(isolated);
    row.append(cell);
  }
  return row;
}
