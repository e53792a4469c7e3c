import type { NodeView, StatusView, VolunteerId } from '@manytabs/protocol';
import { RateHistory } from './history.ts';

/** One look at a tab: how many of its workers were busy. */
export interface StreamCell {
  readonly at: number;
  readonly running: number;
  readonly workers: number;
  readonly state: NodeView['state'];
}

export interface StreamRow {
  readonly volunteer: VolunteerId;
  readonly cells: readonly StreamCell[];
}

export const STREAM_ROWS_MAX = 200;
export const STREAM_LOOKS_MAX = 150;

/** The grid as a whole over time, from when it was first looked at, in bounded memory. */
export class GridHistory {
  readonly rates = new RateHistory();
  readonly #rows = new Map<VolunteerId, StreamCell[]>();
  #looks: number[] = [];
  #before: { at: number; final: number } | undefined;
  #rate = 0;

  /** Tasks that became final a second, between the two newest looks. */
  get rate(): number {
    return this.#rate;
  }

  /** When each look was taken, oldest first. */
  get looks(): readonly number[] {
    return this.#looks;
  }

  get rows(): readonly StreamRow[] {
    return [...this.#rows].map(([volunteer, cells]) => ({ volunteer, cells }));
  }

  noteStatus({ tasks: { final } }: StatusView, at: number): void {
    const before = this.#before;
    if (before && at <= before.at) return;
    this.#before = { at, final };
    if (!before) return;
    // A coordinator that was started anew counts from its own beginning.
    this.#rate = Math.max(0, ((final - before.final) * 1_000) / (at - before.at));
    this.rates.add(at, this.#rate);
  }

  noteNodes(nodes: readonly NodeView[], at: number): void {
    if (at <= (this.#looks.at(-1) ?? 0)) return;
    this.#looks = [...this.#looks, at].slice(-STREAM_LOOKS_MAX);
    const oldest = this.#looks[0] ?? at;
    for (const node of nodes) this.#noteNode(node, at);
    for (const [volunteer, cells] of this.#rows) {
      const kept = cells.filter((cell) => cell.at >= oldest);
      if (kept.length === 0) this.#rows.delete(volunteer);
      else this.#rows.set(volunteer, kept);
    }
  }

  #noteNode({ volunteer, running, workers, state }: NodeView, at: number): void {
    const cells = this.#rows.get(volunteer);
    if (!cells && this.#rows.size >= STREAM_ROWS_MAX) return;
    this.#rows.set(volunteer, [...(cells ?? []), { at, running, workers, state }]);
  }
}
