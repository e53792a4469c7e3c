import type { GridError } from './errors.ts';
import type { PeerId, ShardId } from './ids.ts';

export type Lane = 'control' | 'bulk';
export type Road = 'memory' | 'webrtc' | 'websocket';

/**
 * One connection to a peer. Messages of a lane arrive whole, once and in order, or the link closes; the lanes overtake
 * each other. A control message waits for no bulk message.
 */
export interface Link {
  /** Who the transport says is there; proven only by a signature. */
  readonly peer: PeerId;
  readonly road: Road;
  /** The network address of the other end, where the road tells it. */
  readonly address: string | undefined;
  /** The page's origin that a browser named when it opened the road; none is said by programs, and by WebRTC. */
  readonly origin: string | undefined;
  /** The same bytes at both ends of this very connection and of no other, where the road has them. */
  readonly binding: Uint8Array | undefined;
  /**
   * Queues a message, which must not be changed afterwards; never blocks. Over CONTROL_BYTES_MAX or BULK_BYTES_MAX it throws `frame-too-large`; on a closed
   * link it does nothing, as `onClose` has told.
   */
  send(lane: Lane, message: Uint8Array): void;
  /** Bytes accepted by `send` that have not left yet. */
  queuedBytes(lane: Lane): number;
  /** Resolves once the lane has room (its queue is below its high-water mark), or the link is closed. */
  ready(lane: Lane): Promise<void>;
  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void;
  /** Called once, also for a `close` of our own; at once if it is closed already. */
  onClose(listener: (reason: GridError) => void): void;
  /** What was queued on the control lane still leaves where possible. Twice does no harm. */
  close(reason?: GridError): void;
}

/** A way to reach peers. Adapters: memory, PeerJS, node-datachannel, WebSocket; one contract suite. */
export interface Transport {
  readonly self: PeerId;
  /** @throws {GridError} `unreachable`, `timeout`, `aborted`. */
  connect(peer: PeerId, options?: { signal?: AbortSignal | undefined }): Promise<Link>;
  /** Links that others opened. Messages wait until a listener is set in the same turn. */
  onLink(listener: (link: Link) => void): void;
  close(): Promise<void>;
}

/** Content-addressed bytes. A get returns only what hashes to its id. */
export interface Blobs {
  /** @throws {GridError} `shard-corrupt` where the bytes do not hash to the id, `storage-full`, `storage-failed`. */
  put(shard: ShardId, bytes: Uint8Array): Promise<void>;
  get(shard: ShardId): Promise<Uint8Array | undefined>;
  has(shard: ShardId): Promise<boolean>;
  delete(shard: ShardId): Promise<void>;
  list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]>;
  /** Bytes stored. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Blobs of a coordinator, from which what nobody needs is collected beside those who put and use. */
export interface CollectedBlobs extends Blobs {
  /** Whether it is there. A removal that was decided on before is void, as it is after a put. */
  use(shard: ShardId): Promise<boolean>;
  /** `uses` changes with every put and use. */
  list(): Promise<
    readonly { readonly shard: ShardId; readonly bytes: number; readonly uses: number }[]
  >;
  /** Removes it unless it was put or used since it was listed; whether it did. */
  removeUnused(shard: ShardId, uses: number): Promise<boolean>;
}

/** What a process waits by. */
export interface Timers {
  /** ms, of a clock that never runs backwards. */
  now(): number;
  /** Runs once after so many ms, unless the function it gives is called before. */
  after(ms: number, run: () => void): () => void;
  /** Resolves in the next turn of the loop, after everything this one has settled; much sooner than a timer. */
  nextTurn(): Promise<void>;
}

/** Records for one partition, in order. */
export interface Appended {
  readonly partition: string;
  readonly records: readonly Uint8Array[];
}

/**
 * Facts in order, by partition (a job's events, a job's rows). Whoever writes does so under an epoch; a writer whose
 * epoch is older than one that wrote or claimed before is refused, whatever it believes: that is the fence.
 */
export interface Journal {
  /**
   * Durable once it resolves, all of it or nothing of it.
   * @throws {GridError} `epoch-stale`, `storage-full`, `storage-failed`
   */
  append(epoch: number, appended: readonly Appended[]): Promise<void>;
  /** The records from number `from` on: as many as fit in `bytesMax`, but at least one, and none at the end. */
  read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]>;
  count(partition: string): Promise<number>;
  /** Names of the partitions that hold records, in order. */
  partitions(prefix: string): Promise<readonly string[]>;
  /** The partition is these records from now on (a snapshot takes the place of what led to it); none drops it. */
  replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void>;
  /** From now on writers of an older epoch are refused. @throws {GridError} `epoch-stale` where this one is older */
  claim(epoch: number): Promise<void>;
  /** The highest epoch that claimed or wrote; 0 before the first. */
  epoch(): Promise<number>;
  close(): Promise<void>;
}

/** What a key has: `version` is above that of every write before it in the store, so no two writes share one. */
export interface Versioned {
  readonly value: Uint8Array;
  readonly version: number;
}

export interface Entry extends Versioned {
  readonly key: string;
}

/** A key was written or, with version 0, deleted. */
export interface Change {
  readonly key: string;
  readonly version: number;
}

/**
 * Small values by key, each written only by who knows what it replaces. Linearizable: what a call that returned has
 * written, every later call reads, from whatever process. Keys are 1 to 512 printable ASCII characters, values at most
 * 64 KiB; others are refused with `input-invalid`.
 */
export interface KeyValue {
  /** @throws {GridError} `storage-failed` */
  get(key: string): Promise<Versioned | undefined>;
  /**
   * Writes if the key's version is `expected` (0: the key is absent) and gives the new version. After `storage-failed`
   * it may have been written or not: read it.
   * @throws {GridError} `version-conflict`, `storage-full`, `storage-failed`
   */
  put(key: string, value: Uint8Array, options: { readonly expected: number }): Promise<number>;
  /** As `put`; with 0 it only makes sure that the key is absent. @throws {GridError} as `put` */
  delete(key: string, expected: number): Promise<void>;
  /** Entries in order of their keys, from the first after `after` on; at most `limit` (1 to 1,000, which is the default). */
  list(
    prefix: string,
    options?: { readonly after?: string | undefined; readonly limit?: number | undefined },
  ): Promise<readonly Entry[]>;
  /**
   * Tells changes from the time it resolves, those of a key in order, until the function it gives is called. It may tell
   * one twice. `undefined` means that some may have been missed: read again.
   */
  watch(prefix: string, listener: (change: Change | undefined) => void): Promise<() => void>;
  close(): Promise<void>;
}
