import { GridError, type SessionId, type ShardId, type VolunteerId } from '@manytabs/protocol';
import { shardProof } from '../../volunteer/shard-proof.ts';
import { ShardRelay } from './shard-relay.ts';

const PATIENCE_MS = 60_000;

/** What staging needs of the coordinator. */
export interface StagingHost {
  readonly relay: ShardRelay;
  identityOf(session: SessionId): VolunteerId | undefined;
  sessionsOf(shard: ShardId): readonly SessionId[];
  /** The volunteer's copy is not what its name says. */
  onRefuted(session: SessionId, shard: ShardId): void;
  /** The volunteer does not have what it reported. */
  onAbsent(session: SessionId, shard: ShardId): void;
}

interface Staged {
  readonly bytes: Uint8Array;
  copies: number;
  readonly proven: Map<VolunteerId, SessionId>;
  readonly asked: Set<SessionId>;
  readonly waiting: Set<{ resolve(): void; reject(reason: GridError): void }>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Shards on their way to volunteers: in memory only, until enough distinct ones have proven, over a fresh nonce, that
 * they hold them.
 */
export class Staging {
  readonly #host: StagingHost;
  readonly #staged = new Map<ShardId, Staged>();

  constructor(host: StagingHost) {
    this.#host = host;
  }

  get(shard: ShardId): Uint8Array | undefined {
    return this.#staged.get(shard)?.bytes;
  }

  get size(): number {
    return this.#staged.size;
  }

  /**
   * Resolves once so many volunteers have proven their copy; the bytes are let go with it.
   * @throws {GridError} `too-few-volunteers` when nothing has moved for a minute
   */
  async place(shard: ShardId, bytes: Uint8Array, copies: number): Promise<void> {
    const staged = this.#touch(shard, bytes);
    staged.copies = Math.max(staged.copies, copies);
    const placed = new Promise<void>((resolve, reject) => {
      staged.waiting.add({ resolve, reject });
    });
    this.onHeld(this.#host.sessionsOf(shard), shard);
    return placed;
  }

  /** The upload was given up. */
  drop(shard: ShardId): void {
    const reason = new GridError('aborted', 'The upload was given up.');
    const staged = this.#staged.get(shard);
    if (staged) this.#fail(shard, staged, reason);
  }

  /** Volunteers report the shard: each must prove it. */
  onHeld(sessions: readonly SessionId[], shard: ShardId): void {
    const staged = this.#staged.get(shard);
    if (!staged) return;
    for (const session of sessions) {
      if (staged.asked.has(session)) continue;
      staged.asked.add(session);
      void this.#verify(session, shard, staged);
    }
  }

  onGone(session: SessionId): void {
    for (const staged of this.#staged.values()) {
      staged.asked.delete(session);
      for (const [identity, holder] of staged.proven) {
        if (holder === session) staged.proven.delete(identity);
      }
    }
  }

  close(): void {
    for (const shard of [...this.#staged.keys()]) this.drop(shard);
  }

  #touch(shard: ShardId, bytes: Uint8Array): Staged {
    const known = this.#staged.get(shard);
    if (known) return known;
    const staged: Staged = {
      bytes,
      copies: 0,
      proven: new Map(),
      asked: new Set(),
      waiting: new Set(),
      timer: undefined,
    };
    this.#staged.set(shard, staged);
    this.#beFresh(shard, staged);
    return staged;
  }

  #beFresh(shard: ShardId, staged: Staged): void {
    clearTimeout(staged.timer);
    staged.timer = setTimeout(() => {
      const have = `${staged.proven.size} of ${staged.copies} copies were made`;
      this.#fail(shard, staged, new GridError('too-few-volunteers', `Only ${have} in a minute.`));
    }, PATIENCE_MS);
  }

  async #verify(session: SessionId, shard: ShardId, staged: Staged): Promise<void> {
    const nonce = ShardRelay.nonce();
    try {
      const proof = await this.#host.relay.prove(session, shard, nonce);
      if (this.#staged.get(shard) !== staged) return;
      if (!proof) return this.#host.onAbsent(session, shard);
      if (!sameBytes(proof, await shardProof(nonce, staged.bytes))) {
        return this.#host.onRefuted(session, shard);
      }
      const identity = this.#host.identityOf(session);
      if (identity) this.#onProven(identity, session, shard, staged);
    } catch {
      staged.asked.delete(session);
    }
  }

  #onProven(identity: VolunteerId, session: SessionId, shard: ShardId, staged: Staged): void {
    staged.proven.set(identity, session);
    this.#beFresh(shard, staged);
    if (staged.proven.size < staged.copies) return;
    this.#end(shard, staged);
    for (const { resolve } of staged.waiting) resolve();
  }

  #fail(shard: ShardId, staged: Staged, reason: GridError): void {
    this.#end(shard, staged);
    for (const { reject } of staged.waiting) reject(reason);
  }

  #end(shard: ShardId, staged: Staged): void {
    clearTimeout(staged.timer);
    if (this.#staged.get(shard) === staged) this.#staged.delete(shard);
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
