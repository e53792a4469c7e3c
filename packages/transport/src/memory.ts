import { GridError, type Lane, type Link, type PeerId, type Transport } from '@manytabs/protocol';
import { LaneLink } from './lanes.ts';
import type { Pipe } from './outbox.ts';
import { Queue } from './queue.ts';

/**
 * Several endpoints in one process. Delivery is one frame a microtask and lane, never a timer: a test needs no clock,
 * and lanes overtake each other as they do on a real road.
 */
export class MemoryNetwork {
  readonly #endpoints = new Map<PeerId, MemoryTransport>();

  /** A second endpoint of the same id takes the place of the first. */
  endpoint(self: PeerId): Transport {
    const transport = new MemoryTransport(this.#endpoints, self);
    this.#endpoints.set(self, transport);
    return transport;
  }

  /** Breaks all links of a peer without a word, as a killed process does. */
  cut(peer: PeerId): void {
    this.#endpoints.get(peer)?.cut();
  }
}

class MemoryTransport implements Transport {
  readonly self: PeerId;
  readonly #endpoints: Map<PeerId, MemoryTransport>;
  readonly #links = new Set<LaneLink>();
  readonly #listeners: ((link: Link) => void)[] = [];

  constructor(endpoints: Map<PeerId, MemoryTransport>, self: PeerId) {
    this.#endpoints = endpoints;
    this.self = self;
  }

  async connect(
    peer: PeerId,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Link> {
    await Promise.resolve();
    if (signal?.aborted) throw new GridError('aborted', `Connecting to ${peer} was given up.`);
    const other = this.#endpoints.get(peer);
    if (!other || this.#endpoints.get(this.self) !== this) {
      throw new GridError('unreachable', `There is no peer ${peer}.`);
    }
    return join(this, other);
  }

  onLink(listener: (link: Link) => void): void {
    this.#listeners.push(listener);
  }

  close(): Promise<void> {
    if (this.#endpoints.get(this.self) === this) this.#endpoints.delete(this.self);
    for (const link of [...this.#links]) link.close();
    return Promise.resolve();
  }

  cut(): void {
    for (const link of [...this.#links]) link.lost();
  }

  add(link: LaneLink): void {
    this.#links.add(link);
    link.onClose(() => this.#links.delete(link));
  }

  tell(link: Link): void {
    for (const listener of this.#listeners) listener(link);
  }
}

/** A queue that ends in the other link. */
class MemoryPipe implements Pipe {
  readonly #frames = new Queue<Uint8Array>();
  readonly #deliver: (frame: Uint8Array) => void;
  readonly #drained: () => void;
  #bytes = 0;
  #isRunning = false;

  constructor(deliver: (frame: Uint8Array) => void, drained: () => void) {
    this.#deliver = deliver;
    this.#drained = drained;
  }

  write(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#isRunning) return;
    this.#isRunning = true;
    queueMicrotask(() => this.#step());
  }

  bufferedBytes(): number {
    return this.#bytes;
  }

  #step(): void {
    const frame = this.#frames.shift();
    if (!frame) {
      this.#isRunning = false;
      return;
    }
    queueMicrotask(() => this.#step());
    this.#bytes -= frame.length;
    try {
      this.#deliver(frame);
    } finally {
      this.#drained();
    }
  }
}

interface Half {
  readonly link: LaneLink;
  receive(lane: Lane, frame: Uint8Array): void;
}

function join(from: MemoryTransport, to: MemoryTransport): Link {
  const near = half(to.self, () => far);
  const far = half(from.self, () => near);
  from.add(near.link);
  to.add(far.link);
  near.link.start();
  far.link.start();
  to.tell(far.link);
  return near.link;
}

function half(peer: PeerId, other: () => Half): Half {
  const pipe = (lane: Lane) =>
    new MemoryPipe(
      (frame) => other().receive(lane, frame),
      () => made.link.drained(),
    );
  const link = new LaneLink({
    peer,
    road: 'memory',
    control: pipe('control'),
    bulk: pipe('bulk'),
    end: (how) => {
      if (how === 'now') queueMicrotask(() => other().link.lost());
    },
  });
  const made: Half = { link, receive: (lane, frame) => link.receive(lane, frame) };
  return made;
}
