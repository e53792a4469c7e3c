import { type SessionId, type ShardId, toGridError } from '@manytabs/protocol';
import { shardProof } from '../../volunteer/shard-proof.ts';
import { ShardRelay } from './shard-relay.ts';
import type { Shelf } from './shelf.ts';
import { sameBytes } from './staging.ts';

/** Whole shards fetched only to be looked at, at a time. */
const SAMPLES_MAX = 1;

/**
 * Puts a copy to the proof: against the coordinator's own bytes where it has them, against another holder's answer to
 * the same nonce, or, where only one holds it or two differ, by fetching it.
 */
export class Scrubber {
  readonly #shelf: Shelf;
  readonly #sessionsOf: (shard: ShardId) => readonly SessionId[];
  #sampling = 0;
  scrubbed = 0;

  constructor(shelf: Shelf, sessionsOf: (shard: ShardId) => readonly SessionId[]) {
    this.#shelf = shelf;
    this.#sessionsOf = sessionsOf;
  }

  async check(session: SessionId, shard: ShardId): Promise<void> {
    try {
      await this.#check(session, shard);
      this.scrubbed++;
    } catch {
      // Nobody answered, which says nothing about the copy.
    }
  }

  async #check(session: SessionId, shard: ShardId): Promise<void> {
    const { staging, origin, relay } = this.#shelf;
    const nonce = ShardRelay.nonce();
    const own = staging.get(shard) ?? (await origin.get(shard));
    const proof = await relay.prove(session, shard, nonce);
    if (!proof) return this.#shelf.onAbsent(session, shard);
    if (own) {
      if (!sameBytes(proof, await shardProof(nonce, own))) this.#refute(session, shard);
      return;
    }
    const other = this.#sessionsOf(shard).find((each) => each !== session);
    const second = other === undefined ? undefined : await relay.prove(other, shard, nonce);
    if (second && sameBytes(proof, second)) return;
    await this.#sample(session, shard);
    if (other !== undefined && second) await this.#sample(other, shard);
  }

  async #sample(session: SessionId, shard: ShardId): Promise<void> {
    if (this.#sampling >= SAMPLES_MAX) return;
    this.#sampling++;
    try {
      await this.#shelf.relay.fetch(session, shard);
    } catch (thrown) {
      const { code } = toGridError(thrown, 'unreachable');
      if (code === 'shard-corrupt') this.#refute(session, shard);
      if (code === 'shard-missing') this.#shelf.onAbsent(session, shard);
    } finally {
      this.#sampling--;
    }
  }

  #refute(session: SessionId, shard: ShardId): void {
    this.#shelf.onRefuted(session, shard);
  }
}
