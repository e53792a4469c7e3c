import { assert } from '@manytabs/protocol';

/** Something that will happen, unless it is cancelled. */
export interface Appointment {
  readonly at: number;
  readonly sequence: number;
  run: (() => void) | undefined;
}

/** Virtual time: what happens next, in order of time and then of being planned. */
export class EventQueue {
  readonly #heap: Appointment[] = [];
  #sequence = 0;
  #now: number;
  #count = 0;

  constructor(startAt: number) {
    this.#now = startAt;
  }

  get now(): number {
    return this.#now;
  }

  /** Things that happened so far. */
  get count(): number {
    return this.#count;
  }

  at(time: number, run: () => void): Appointment {
    const at = Math.max(this.#now, Math.ceil(time));
    assert(Number.isFinite(at), 'every appointment has a time');
    const appointment = { at, sequence: this.#sequence++, run };
    this.#push(appointment);
    return appointment;
  }

  after(ms: number, run: () => void): Appointment {
    return this.at(this.#now + ms, run);
  }

  /** Lets the next thing happen, unless it would be after `until`. False when nothing did. */
  next(until: number): boolean {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > until) return false;
      this.#pop();
      if (!first.run) continue;
      this.#now = first.at;
      this.#count++;
      first.run();
      return true;
    }
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let child = heap.push(appointment) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent] as Appointment;
      if (!isBefore(appointment, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = appointment;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Appointment;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight =
        right < heap.length && isBefore(heap[right] as Appointment, heap[left] as Appointment);
      const child = isRight ? right : left;
      if (!isBefore(heap[child] as Appointment, last)) break;
      heap[parent] = heap[child] as Appointment;
      parent = child;
    }
    heap[parent] = last;
  }
}

export function cancel(appointment: Appointment | undefined): void {
  if (appointment) appointment.run = undefined;
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
