import {
  COORDINATOR_PEER_ID,
  GridError,
  type PeerId,
  type ShardId,
  toGridError,
} from '@manytabs/protocol';
import type { TabBlobs } from './tab-blobs.ts';
import type { TabLinks } from './tab-links.ts';

const ANSWER_MS = 30_000;

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

  constructor(
    blobs: TabBlobs,
    tabs: TabLinks | undefined,
    ask: (shard: ShardId) => void,
    events: ShardEvents,
  ) {
    this.#blobs = blobs;
    this.#tabs = tabs;
    this.#ask = ask;
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

  /** A shard from the coordinator, asked for or pushed. */
  onShard(shard: ShardId, bytes: Uint8Array): void {
    this.#settle(shard);
    this.#store(shard, bytes, COORDINATOR_PEER_ID);
  }

  onAbsent(shard: ShardId): void {
    if (!this.#settle(shard)) return;
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
