import { assert, LIMITS } from '@manytabs/protocol';
import type { Span } from './span.ts';

/** Tasks of a page; a bundle never crosses one. */
export const PAGE_TASKS = LIMITS.BUNDLE_TASKS_MAX;

const OPEN = 0;
const FINAL = 1;
const FAILED = 2;

export type Decision = 'final' | 'failed';

/**
 * A run of PAGE_TASKS tasks of a job of which some were handed out. The undecided ones lie in exactly one span each;
 * the decided ones are a byte each, and no byte while the page has none.
 */
export class Page {
  readonly number: number;
  /** In order, without overlap. */
  readonly spans: Span[] = [];
  /** Where each span starts, from the page's start: a search that looked into the spans would miss the cache at each. */
  readonly #starts: number[] = [];
  #states: Uint8Array | undefined;
  #decided = 0;
  #failed = 0;

  constructor(number: number) {
    this.number = number;
  }

  get from(): number {
    return this.number * PAGE_TASKS;
  }

  get decided(): number {
    return this.#decided;
  }

  /** What every task of the page came to, or undefined where that differs. */
  get uniform(): Decision | undefined {
    if (this.#failed === 0) return 'final';
    return this.#failed === this.#decided ? 'failed' : undefined;
  }

  get states(): Uint8Array | undefined {
    return this.#states;
  }

  stateOf(index: number): Decision | 'open' {
    const state = this.#states?.[index - this.from] ?? OPEN;
    return state === OPEN ? 'open' : state === FINAL ? 'final' : 'failed';
  }

  /** Exactly once for every task. */
  decide(from: number, to: number, decision: Decision): void {
    const count = to - from;
    assert(from >= this.from && to <= this.from + PAGE_TASKS, 'a decision is about its page');
    if (count < PAGE_TASKS || decision === 'failed') this.#mark(from, to, decision);
    else assert(this.#decided === 0, 'a task is decided once');
    this.#decided += count;
    if (decision === 'failed') this.#failed += count;
  }

  #mark(from: number, to: number, decision: Decision): void {
    this.#states ??= new Uint8Array(PAGE_TASKS);
    const states = this.#states;
    const first = from - this.from;
    const end = to - this.from;
    for (let i = first; i < end; i++) assert(states[i] === OPEN, 'a task is decided once');
    states.fill(decision === 'final' ? FINAL : FAILED, first, end);
  }

  /** The position of the first span that ends after `index`. */
  seek(index: number): number {
    const start = index - this.from;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= start) low = middle + 1;
      else high = middle;
    }
    const before = this.spans[low - 1];
    return before !== undefined && before.to > index ? low - 1 : low;
  }

  spanAt(index: number): Span | undefined {
    const span = this.spans[this.seek(index)];
    return span !== undefined && span.from <= index ? span : undefined;
  }

  /** The spans that touch `[from, to)`. */
  spansIn(from: number, to: number): Span[] {
    const first = this.seek(from);
    let end = first;
    while (end < this.spans.length && (this.spans[end] as Span).from < to) end++;
    return this.spans.slice(first, end);
  }

  add(span: Span): void {
    const at = this.seek(span.from);
    const next = this.spans[at];
    assert(next === undefined || next.from >= span.to, 'spans do not overlap');
    this.spans.splice(at, 0, span);
    this.#starts.splice(at, 0, span.from - this.from);
  }

  remove(span: Span): void {
    const at = this.seek(span.from);
    assert(this.spans[at] === span, 'an open span is in its page');
    this.spans.splice(at, 1);
    this.#starts.splice(at, 1);
  }
}
