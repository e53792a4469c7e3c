import type { Job } from 'manytabs';
import { valuePreview } from '../model/value-text.ts';

/** A result that is not final: not yet, or not any more. */
export interface UnsettledRow {
  readonly index: number;
  readonly text: string;
  readonly confidence: number;
  readonly isRetracted: boolean;
}

const ROWS_MAX = 200;
const TELL_MS = 200;

/** The newest results that are not final, from when somebody looks; final ones leave it. */
export class ProvisionalBook {
  readonly #job: Pick<Job<unknown>, 'on'>;
  readonly #rows = new Map<number, UnsettledRow>();
  readonly #listeners = new Set<() => void>();
  #shown: readonly UnsettledRow[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: readonly (() => void)[] = [];

  constructor(job: Pick<Job<unknown>, 'on'>) {
    this.#job = job;
  }

  readonly getRows = (): readonly UnsettledRow[] => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      for (const stop of this.#stop) stop();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };

  /** It became final, or failed. */
  settle(index: number): void {
    if (this.#rows.delete(index)) this.#tell();
  }

  #open(): void {
    this.#stop = [
      this.#job.on('provisional', ({ index, value, confidence }) => {
        this.#put({ index, text: valuePreview(value), confidence, isRetracted: false });
      }),
      this.#job.on('retract', ({ index }) => {
        const { text = '' } = this.#rows.get(index) ?? {};
        this.#put({ index, text, confidence: 0, isRetracted: true });
      }),
    ];
  }

  #put(row: UnsettledRow): void {
    this.#rows.delete(row.index);
    this.#rows.set(row.index, row);
    if (this.#rows.size > ROWS_MAX) {
      for (const oldest of this.#rows.keys()) {
        this.#rows.delete(oldest);
        break;
      }
    }
    this.#tell();
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#shown = [...this.#rows.values()].reverse();
      for (const listener of this.#listeners) listener();
    }, TELL_MS);
  }
}
