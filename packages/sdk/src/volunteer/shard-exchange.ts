import {
  COORDINATOR_PEER_ID,
  GridError,
  type PeerId,
  type ShardId,
  toGridError,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { provenBytes } from '../shard-tree.ts';
import { type PartMessage, PartRequests, type Range } from './part-requests.ts';
import { type Resolvers, withResolvers } from './resolvers.ts';
import type { TabBlobs } from './tab-blobs.ts';
import type { TabLinks } from './tab-links.ts';

const ANSWER_MS = 30_000;
const LOCATE_MS = 20_000;
const TABS_TRIED = 3;

interface Get {
  readonly bytes: Promise<Uint8Array>;
  located(peers: readonly PeerId[]): void;
}

export interface ShardEvents {
  onStored(shard: ShardId, bytes: number, from: PeerId): void;
  onFailed(shard: ShardId, from: PeerId, reason: GridError): void;
}

/** Gets shards from tabs and from the coordinator into the local store; what does not fit its hash is not stored. */
export class ShardExchange {
  readonly #blobs: TabBlobs;
  readonly #tabs: TabLinks | undefined;
  readonly #ask: (shard: ShardId) => void;
  readonly #events: ShardEvents;
  readonly #asked = new Map<ShardId, ReturnType<typeof setTimeout>>();
  /** Shards that tasks wait for. */
  readonly #gets = new Map<ShardId, Get>();
  readonly #arriving = new Map<ShardId, Resolvers<Uint8Array>>();
  readonly #parts: PartRequests;

  constructor(
    blobs: TabBlobs,
    tabs: TabLinks | undefined,
    ask: { shard(shard: ShardId): void; part(shard: ShardId, range: Range): void },
    events: ShardEvents,
  ) {
    this.#blobs = blobs;
    this.#tabs = tabs;
    this.#ask = ask.shard;
    this.#parts = new PartRequests(ask.part);
    this.#events = events;
  }

  fetch(shard: ShardId, from: PeerId): void {
    if (from === COORDINATOR_PEER_ID) return this.#fromCoordinator(shard);
    if (!this.#tabs) return this.#events.onFailed(shard, from, noRoad(from));
    this.#tabs.fetch(shard, from).then(
      (bytes) => this.#store(shard, bytes, from),
      (thrown) => this.#events.onFailed(shard, from, toGridError(thrown, 'unreachable')),
    );
  }

  /**
   * For a task that needs no more: the bytes `[from, to)`, proven by the root over the shard's leaves. Undefined where
   * the whole shard is to be had: when it is asked for again and again, or nobody gives a part.
   */
  async getPart(
    shard: ShardId,
    range: Range,
    tree: Uint8Array,
    locate: () => void,
  ): Promise<Uint8Array | undefined> {
    if (this.#gets.has(shard) || !this.#parts.mayAsk(shard)) return undefined;
    for (const peer of this.#tabs ? await this.#parts.holdersOf(shard, locate) : []) {
      const part = await this.#tabs?.fetchPart(shard, range, peer).catch(() => undefined);
      const bytes = part && (await provenBytes(part, tree, range));
      if (bytes) return bytes;
    }
    const part = await this.#parts.ofCoordinator(shard, range);
    return part && provenBytes(part, tree, range);
  }

  onPart(message: PartMessage): void {
    this.#parts.onAnswer(message);
  }

  /**
   * For a task that waits: from one of the tabs that `locate` makes the coordinator name, else from the coordinator.
   * @throws {GridError} `file-lost`
   */
  get(shard: ShardId, locate: () => void): Promise<Uint8Array> {
    const known = this.#gets.get(shard);
    if (known) return known.bytes;
    const located = withResolvers<readonly PeerId[]>();
    const timer = setTimeout(() => located.resolve([]), LOCATE_MS);
    const bytes = located.promise
      .then((peers) => this.#getFrom(shard, peers))
      .finally(() => {
        clearTimeout(timer);
        this.#gets.delete(shard);
      });
    this.#gets.set(shard, { bytes, located: (peers) => located.resolve(peers) });
    locate();
    return bytes;
  }

  onHolders(shard: ShardId, peers: readonly PeerId[]): void {
    this.#gets.get(shard)?.located(peers);
    this.#parts.onHolders(shard, peers);
  }

  async #getFrom(shard: ShardId, peers: readonly PeerId[]): Promise<Uint8Array> {
    const start = peers.length > 0 ? Math.floor(Math.random() * peers.length) : 0;
    const tabs = [...peers.slice(start), ...peers.slice(0, start)].slice(0, TABS_TRIED);
    for (const peer of this.#tabs ? tabs : []) {
      const bytes = await this.#tabs?.fetch(shard, peer).catch(() => undefined);
      if (bytes && (await this.#kept(shard, bytes, peer))) return bytes;
    }
    return this.#getFromCoordinator(shard);
  }

  async #kept(shard: ShardId, bytes: Uint8Array, from: PeerId): Promise<boolean> {
    if ((await shardIdOf(bytes)) !== shard) return false;
    this.#store(shard, bytes, from);
    return true;
  }

  #getFromCoordinator(shard: ShardId): Promise<Uint8Array> {
    const arriving = withResolvers<Uint8Array>();
    this.#arriving.set(shard, arriving);
    this.#fromCoordinator(shard);
    return arriving.promise.finally(() => this.#arriving.delete(shard));
  }

  /** A shard from the coordinator, asked for or pushed. */
  onShard(shard: ShardId, bytes: Uint8Array): void {
    this.#settle(shard);
    this.#arriving.get(shard)?.resolve(bytes);
    this.#store(shard, bytes, COORDINATOR_PEER_ID);
  }

  onAbsent(shard: ShardId): void {
    if (!this.#settle(shard)) return;
    this.#arriving.get(shard)?.reject(lost());
    const reason = new GridError('shard-missing', 'The coordinator does not hold it.');
    this.#events.onFailed(shard, COORDINATOR_PEER_ID, reason);
  }

  close(): void {
    for (const timer of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
    this.#tabs?.close();
  }

  #fromCoordinator(shard: ShardId): void {
    this.#settle(shard);
    const timer = setTimeout(() => {
      this.#asked.delete(shard);
      this.#arriving.get(shard)?.reject(lost());
      const reason = new GridError('timeout', 'The coordinator did not send the shard.');
      this.#events.onFailed(shard, COORDINATOR_PEER_ID, reason);
    }, ANSWER_MS);
    this.#asked.set(shard, timer);
    this.#ask(shard);
  }

  #settle(shard: ShardId): boolean {
    clearTimeout(this.#asked.get(shard));
    return this.#asked.delete(shard);
  }

  /** A small one is told of at once: the assignment that needs it may follow in the same frame. */
  #store(shard: ShardId, bytes: Uint8Array, from: PeerId): void {
    const failed = (thrown: unknown) =>
      this.#events.onFailed(shard, from, toGridError(thrown, 'storage-failed'));
    const stored = () => this.#events.onStored(shard, bytes.length, from);
    try {
      if (!this.#blobs.putNow(shard, bytes)) {
        this.#blobs.put(shard, bytes).then(stored, failed);
        return;
      }
    } catch (thrown) {
      return failed(thrown);
    }
    stored();
  }
}

function noRoad(peer: PeerId): GridError {
  return new GridError('unreachable', `This tab has no WebRTC, so it cannot reach ${peer}.`);
}

function lost(): GridError {
  return new GridError('file-lost', 'Nobody who is here has this part of the file.');
}
