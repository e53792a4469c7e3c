import { assert, type Prng } from '@manytabs/protocol';
import type { EventQueue } from './event-queue.ts';

export type Direction = 'up' | 'down';

export interface WireOptions {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly lossShare: number;
}

/** Told when the wire is down, each end in its own time. */
export interface WireEnds {
  readonly onTabCut: () => void;
  readonly onHostCut: () => void;
}

/** How long an end that hears nothing takes to give the wire up. */
const GIVE_UP_MS = 15_000;
const NOTICE_MS_MAX = 5_000;

interface Lane {
  lastAt: number;
  isStalled: boolean;
  readonly held: (() => void)[];
}

/**
 * A link between a tab and the coordinator as the transport port promises it: messages arrive whole, once and in order,
 * or the link breaks. Delay, loss and partition are all it knows.
 */
export class Wire {
  readonly #queue: EventQueue;
  readonly #prng: Prng;
  readonly #options: WireOptions;
  readonly #ends: WireEnds;
  readonly #lanes: Record<Direction, Lane> = {
    up: { lastAt: 0, isStalled: false, held: [] },
    down: { lastAt: 0, isStalled: false, held: [] },
  };
  #isOpen = true;
  #tabKnows = false;
  #hostKnows = false;

  constructor(queue: EventQueue, prng: Prng, options: WireOptions, ends: WireEnds) {
    this.#queue = queue;
    this.#prng = prng;
    this.#options = options;
    this.#ends = ends;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(direction: Direction, deliver: () => void): void {
    if (!this.#isOpen) return;
    if (this.#options.lossShare > 0 && this.#prng.chance(this.#options.lossShare)) {
      this.break();
      return;
    }
    const lane = this.#lanes[direction];
    const at = this.#queue.now + this.#options.delayMs + this.#prng.int(this.#options.jitterMs + 1);
    lane.lastAt = Math.max(lane.lastAt, at);
    this.#queue.at(lane.lastAt, () => this.#arrive(lane, deliver));
  }

  /** A partition: nothing arrives, until it heals or somebody gives up. */
  stall(direction: Direction): void {
    const lane = this.#lanes[direction];
    if (lane.isStalled || !this.#isOpen) return;
    lane.isStalled = true;
    this.#queue.after(GIVE_UP_MS + this.#prng.int(NOTICE_MS_MAX), () => {
      if (lane.isStalled) this.break();
    });
  }

  heal(): void {
    for (const lane of Object.values(this.#lanes)) {
      lane.isStalled = false;
      for (const deliver of lane.held.splice(0)) if (this.#isOpen) deliver();
    }
  }

  /** What is under way is lost; both ends notice, each at its own time. */
  break(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue.after(this.#prng.int(NOTICE_MS_MAX), () => this.#tellTab());
    this.#queue.after(this.#prng.int(NOTICE_MS_MAX), () => this.#tellHost());
  }

  /** One end closes it after what it sent; the other hears that as soon as it can. */
  close(by: 'tab' | 'host'): void {
    if (by === 'tab') this.#tabKnows = true;
    else this.#hostKnows = true;
    if (!this.#isOpen) return;
    const direction = by === 'tab' ? 'up' : 'down';
    const lane = this.#lanes[direction];
    const waitMs = lane.isStalled ? GIVE_UP_MS : this.#options.delayMs;
    this.#queue.at(Math.max(lane.lastAt, this.#queue.now + waitMs), () => {
      this.#isOpen = false;
      this.#tellTab();
      this.#tellHost();
    });
  }

  #arrive(lane: Lane, deliver: () => void): void {
    if (!this.#isOpen) return;
    if (lane.isStalled || lane.held.length > 0) lane.held.push(deliver);
    else deliver();
    assert(lane.held.length < 100_000, 'a stalled lane stays bounded');
  }

  #tellTab(): void {
    if (this.#tabKnows) return;
    this.#tabKnows = true;
    this.#ends.onTabCut();
  }

  #tellHost(): void {
    if (this.#hostKnows) return;
    this.#hostKnows = true;
    this.#ends.onHostCut();
  }
}
