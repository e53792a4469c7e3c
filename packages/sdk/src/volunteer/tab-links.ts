import {
  decodeFrame,
  encodeFrame,
  GridError,
  LIMITS,
  type Link,
  type PeerId,
  type ShardId,
  type TabMessage,
  type Transport,
  tabMessageSchema,
  toGridError,
} from '@manytabs/protocol';

import { FloodGate } from '../link/flood-gate.ts';
import type { ShardPart } from '../shard-tree.ts';

const IDLE_MS = 60_000;
const LINKS_MAX = 16;
const SERVED_MAX = 20;
const ANSWER_MS = 15_000;
const PART_MS = 4_000;
const CONNECT_MS = 6_000;
const NO_PART = { bytes: new Uint8Array(0), leaves: new Uint8Array(0) };

export interface ShardServer {
  /** The bytes to serve, or undefined. */
  read(shard: ShardId): Promise<Uint8Array | undefined>;
  part(shard: ShardId, range: Range): Promise<ShardPart | undefined>;
  onServed(): void;
}

type Answer = Exclude<TabMessage, { type: 'fetch' | 'fetch-part' }>;
type Question = Exclude<TabMessage, Answer>;

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Call {
  resolve(answer: Answer): void;
  reject(reason: GridError): void;
}

interface TabLink {
  readonly link: Link;
  readonly calls: Map<string, Call>;
  usedAt: number;
}

/** Links to other tabs, made when a shard is wanted and closed when idle. Both ends may ask. */
export class TabLinks {
  readonly #transport: Transport;
  readonly #server: ShardServer;
  readonly #links = new Map<PeerId, Promise<TabLink>>();
  /** Made by other tabs: whoever asks us may be asked over the same link. */
  readonly #incoming = new Map<PeerId, TabLink>();
  #serving = 0;
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(transport: Transport, server: ShardServer) {
    this.#transport = transport;
    this.#server = server;
    transport.onLink((link) => this.#serve(link));
    this.#sweep = setInterval(() => this.#closeIdle(), IDLE_MS / 2);
  }

  /**
   * Asks another tab for a shard; the caller verifies the bytes.
   * @throws {GridError} `shard-missing`, `unreachable`, `timeout`, `too-many-peers`
   */
  async fetch(shard: ShardId, peer: PeerId): Promise<Uint8Array> {
    const answer = await this.#ask(peer, { type: 'fetch', shard }, ANSWER_MS);
    if (answer.type === 'shard') return answer.bytes;
    throw absent(shard);
  }

  /** Whole leaves around the range; the caller verifies them. @throws {GridError} as `fetch` */
  async fetchPart(shard: ShardId, { from, to }: Range, peer: PeerId): Promise<ShardPart> {
    const answer = await this.#ask(peer, { type: 'fetch-part', shard, from, to }, PART_MS);
    if (answer.type !== 'shard-part' || answer.bytes.length === 0) throw absent(shard);
    return { from: from - (from % LIMITS.LEAF_BYTES), bytes: answer.bytes, leaves: answer.leaves };
  }

  async #ask(peer: PeerId, question: Question, ms: number): Promise<Answer> {
    const tab = await this.#linkTo(peer);
    tab.usedAt = performance.now();
    const key = keyOf(question);
    const answer = new Promise<Answer>((resolve, reject) => {
      tab.calls.set(key, { resolve, reject });
    });
    const timer = setTimeout(() => tab.calls.get(key)?.reject(late(peer)), ms);
    send(tab.link, question);
    return answer.finally(() => {
      clearTimeout(timer);
      tab.calls.delete(key);
    });
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const link of this.#links.values())
      void link.then(
        (tab) => tab.link.close(),
        () => {},
      );
    this.#links.clear();
  }

  #linkTo(peer: PeerId): Promise<TabLink> {
    const incoming = this.#incoming.get(peer);
    const known = this.#links.get(peer) ?? (incoming && Promise.resolve(incoming));
    if (known) return known;
    if (this.#links.size >= LINKS_MAX) {
      return Promise.reject(new GridError('too-many-peers', 'Enough tabs are connected already.'));
    }
    const made = this.#connect(peer);
    this.#links.set(peer, made);
    made.catch(() => this.#links.delete(peer));
    return made;
  }

  async #connect(peer: PeerId): Promise<TabLink> {
    const signal = AbortSignal.timeout(CONNECT_MS);
    const link = await this.#transport.connect(peer, { signal });
    const tab: TabLink = { link, calls: new Map(), usedAt: performance.now() };
    this.#listen(tab);
    link.onClose((reason) => {
      this.#links.delete(peer);
      for (const call of tab.calls.values()) call.reject(reason);
    });
    return tab;
  }

  #serve(link: Link): void {
    if (this.#serving >= SERVED_MAX) return link.close(new GridError('too-many-peers', 'Busy.'));
    this.#serving += 1;
    const tab: TabLink = { link, calls: new Map(), usedAt: performance.now() };
    this.#incoming.set(link.peer, tab);
    this.#listen(tab);
    link.onClose((reason) => {
      this.#serving -= 1;
      if (this.#incoming.get(link.peer) === tab) this.#incoming.delete(link.peer);
      for (const call of tab.calls.values()) call.reject(reason);
    });
  }

  #listen(tab: TabLink): void {
    const gate = new FloodGate(() => performance.now());
    tab.link.onMessage((_lane, frame) => {
      try {
        gate.frame();
        const messages = decodeFrame<TabMessage>(frame, tabMessageSchema);
        gate.messages(messages.length);
        for (const message of messages) this.#onMessage(tab, message);
      } catch (thrown) {
        tab.link.close(toGridError(thrown, 'frame-malformed'));
      }
    });
  }

  #onMessage(tab: TabLink, message: TabMessage): void {
    tab.usedAt = performance.now();
    switch (message.type) {
      case 'fetch':
        return void this.#answer(tab.link, message.shard);
      case 'fetch-part':
        return void this.#answerPart(tab.link, message);
      default:
        return tab.calls.get(keyOf(message))?.resolve(message);
    }
  }

  async #answer(link: Link, shard: ShardId): Promise<void> {
    await link.ready('bulk');
    const bytes = await this.#server.read(shard).catch(() => undefined);
    if (!bytes) return send(link, { type: 'shard-absent', shard });
    send(link, { type: 'shard', shard, bytes });
    this.#server.onServed();
  }

  async #answerPart(link: Link, { shard, from, to }: Extract<Question, { type: 'fetch-part' }>) {
    await link.ready('bulk');
    const part = await this.#server.part(shard, { from, to }).catch(() => undefined);
    const { bytes, leaves } = part ?? NO_PART;
    send(link, { type: 'shard-part', shard, from, to, bytes, leaves });
  }

  #closeIdle(): void {
    for (const link of this.#links.values()) {
      void link.then(
        (tab) => {
          if (tab.calls.size === 0 && performance.now() - tab.usedAt > IDLE_MS) tab.link.close();
        },
        () => {},
      );
    }
  }
}

/** What a question and its answer have in common. */
function keyOf(message: TabMessage): string {
  const isOfPart = message.type === 'fetch-part' || message.type === 'shard-part';
  return isOfPart ? `${message.shard} ${message.from} ${message.to}` : message.shard;
}

function send(link: Link, message: TabMessage): void {
  const frame = encodeFrame([message]);
  link.send(frame.length > LIMITS.CONTROL_BYTES_MAX ? 'bulk' : 'control', frame);
}

function late(peer: PeerId): GridError {
  return new GridError('timeout', `Tab ${peer} did not answer.`);
}

function absent(shard: ShardId): GridError {
  return new GridError('shard-missing', `That tab does not hold shard ${shard.slice(0, 8)}….`);
}
