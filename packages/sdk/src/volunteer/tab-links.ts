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

const IDLE_MS = 60_000;
const LINKS_MAX = 8;
const SERVED_MAX = 20;
const ANSWER_MS = 15_000;
const CONNECT_MS = 6_000;

export interface ShardServer {
  /** The bytes to serve, or undefined. */
  read(shard: ShardId): Promise<Uint8Array | undefined>;
  onServed(): void;
}

interface Call {
  resolve(bytes: Uint8Array): void;
  reject(reason: GridError): void;
}

interface TabLink {
  readonly link: Link;
  readonly calls: Map<ShardId, Call>;
  usedAt: number;
}

/** Links to other tabs, made when a shard is wanted and closed when idle. Both ends may ask. */
export class TabLinks {
  readonly #transport: Transport;
  readonly #server: ShardServer;
  readonly #links = new Map<PeerId, Promise<TabLink>>();
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
    const tab = await this.#linkTo(peer);
    tab.usedAt = performance.now();
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      tab.calls.set(shard, { resolve, reject });
    });
    const timer = setTimeout(() => this.#fail(tab, shard, late(peer)), ANSWER_MS);
    send(tab.link, { type: 'fetch', shard });
    return answer.finally(() => {
      clearTimeout(timer);
      tab.calls.delete(shard);
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
    const known = this.#links.get(peer);
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
    this.#listen({ link, calls: new Map(), usedAt: performance.now() });
    link.onClose(() => {
      this.#serving -= 1;
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
      case 'shard':
        return tab.calls.get(message.shard)?.resolve(message.bytes);
      case 'shard-absent':
        return this.#fail(tab, message.shard, absent(message.shard));
    }
  }

  async #answer(link: Link, shard: ShardId): Promise<void> {
    await link.ready('bulk');
    const bytes = await this.#server.read(shard).catch(() => undefined);
    if (!bytes) return send(link, { type: 'shard-absent', shard });
    send(link, { type: 'shard', shard, bytes });
    this.#server.onServed();
  }

  #fail(tab: TabLink, shard: ShardId, reason: GridError): void {
    tab.calls.get(shard)?.reject(reason);
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
