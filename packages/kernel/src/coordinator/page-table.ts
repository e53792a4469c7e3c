import { assert } from '@manytabs/protocol';
import { type Decision, PAGE_TASKS, Page } from './page.ts';

/** A settled page of mixed fate keeps its bytes; one of a single fate keeps a word. */
type Settled = Uint8Array | Decision;

/** Where the tasks of a job stand, by page; the pages that were never touched cost nothing. */
export class PageTable {
  readonly #open = new Map<number, Page>();
  readonly #settled = new Map<number, Settled>();
  /** All pages under this one are final, or not the job's; they need no entry. */
  #finalBelow: number;

  /** Of a job whose tasks begin with this one. */
  constructor(first = 0) {
    this.#finalBelow = Math.floor(first / PAGE_TASKS);
  }

  get open(): Iterable<Page> {
    return this.#open.values();
  }

  at(index: number): Page | undefined {
    return this.#open.get(Math.floor(index / PAGE_TASKS));
  }

  touch(index: number): Page {
    const number = Math.floor(index / PAGE_TASKS);
    let page = this.#open.get(number);
    if (page !== undefined) return page;
    assert(
      number >= this.#finalBelow && !this.#settled.has(number),
      'a settled page stays settled',
    );
    page = new Page(number);
    this.#open.set(number, page);
    return page;
  }

  /** Gives up the page's objects once all its tasks are decided. */
  settle(page: Page): void {
    if (page.decided < PAGE_TASKS) return;
    assert(page.spans.length === 0, 'a settled page has no open span');
    this.#open.delete(page.number);
    this.#settled.set(page.number, page.uniform ?? (page.states as Uint8Array));
    while (this.#settled.get(this.#finalBelow) === 'final') {
      this.#settled.delete(this.#finalBelow);
      this.#finalBelow++;
    }
  }

  stateOf(index: number): Decision | 'open' {
    const number = Math.floor(index / PAGE_TASKS);
    if (number < this.#finalBelow) return 'final';
    const settled = this.#settled.get(number);
    if (settled === undefined) return this.#open.get(number)?.stateOf(index) ?? 'open';
    if (typeof settled === 'string') return settled;
    return settled[index % PAGE_TASKS] === 1 ? 'final' : 'failed';
  }

  clear(): void {
    this.#open.clear();
  }
}
