import type { TaskResult } from 'manytabs';
import { valuePreview, visible } from '../model/value-text.ts';

/** A result as the table shows it; the value itself is not kept. */
export interface ResultRow {
  readonly index: number;
  readonly failed: boolean;
  readonly text: string;
  /** Volunteers that agreed; 0 for a failure. */
  readonly votes: number;
  readonly confidence: number;
  readonly tier: string | undefined;
}

/** The newest results, bounded. */
export class ResultRing {
  readonly #rows: ResultRow[] = [];
  readonly #capacity: number;
  #count = 0;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  /** Results that ever arrived. */
  get count(): number {
    return this.#count;
  }

  get kept(): number {
    return this.#rows.length;
  }

  push(result: TaskResult<unknown>): void {
    this.#rows[this.#count % this.#capacity] = rowOf(result);
    this.#count++;
  }

  /** The `n`-th newest; 0 is the newest. */
  newest(n: number): ResultRow | undefined {
    if (n < 0 || n >= this.#rows.length) return undefined;
    return this.#rows[(this.#count - 1 - n) % this.#capacity];
  }
}

/** What is shown of a result: bounded text. */
export function rowOf(result: TaskResult<unknown>): ResultRow {
  if (result.status === 'rejected') {
    const text = visible(`${result.error.code}: ${result.error.message}`).slice(0, 240);
    return { index: result.index, failed: true, text, votes: 0, confidence: 0, tier: undefined };
  }
  return {
    index: result.index,
    failed: false,
    text: valuePreview(result.value),
    votes: result.trust.votes,
    confidence: result.confidence,
    tier: result.trust.tier,
  };
}
