import type { SessionId, ShardId } from '@manytabs/protocol';
import { SHARD_LIMITS } from './shard-limits.ts';

interface Spreading {
  /** Who gets it from the coordinator, and until when that is believed. */
  readonly getting: Map<SessionId, number>;
  readonly waiting: Set<SessionId>;
  /** How many of those who wait may go on. */
  ready: number;
}

export interface Waiting {
  readonly session: SessionId;
  readonly shard: ShardId;
}

/**
 * Shards that many want while nobody has them yet: a few get each from the coordinator, and the others wait for those, so
 * that what the coordinator sends does not grow with how many want it.
 */
export class Spread {
  readonly #shards = new Map<ShardId, Spreading>();
  readonly #changed = new Set<ShardId>();
  /** In the order they began; all wait for the same span. */
  readonly #waits: (Waiting & { readonly until: number })[] = [];
  #first = 0;

  /** False: the coordinator has sent it to enough, and this one waits for an answer of `takeAnswers`. */
  ask(shard: ShardId, session: SessionId, at: number): boolean {
    const spreading = this.#touch(shard);
    if (spreading.getting.has(session) || !this.isFull(shard, at)) {
      this.begin(shard, session, at);
      return true;
    }
    spreading.waiting.add(session);
    this.#waits.push({ shard, session, until: at + SHARD_LIMITS.SPREAD_WAIT_MS });
    return false;
  }

  /** It is sent to this one. */
  begin(shard: ShardId, session: SessionId, at: number): void {
    this.#touch(shard).getting.set(session, at + SHARD_LIMITS.SPREAD_GETTING_MS);
  }

  isFull(shard: ShardId, at: number): boolean {
    let getting = 0;
    for (const until of this.#shards.get(shard)?.getting.values() ?? []) if (until > at) getting++;
    return getting >= SHARD_LIMITS.FROM_ORIGIN_MAX;
  }

  /** Each that has it serves some of those who wait. */
  onHeld(shard: ShardId, session: SessionId): void {
    const spreading = this.#shards.get(shard);
    if (!spreading) return;
    spreading.waiting.delete(session);
    this.#end(shard, spreading, session, SHARD_LIMITS.SPREAD_PER_HOLDER);
  }

  onGone(session: SessionId): void {
    for (const [shard, spreading] of this.#shards) {
      spreading.waiting.delete(session);
      if (spreading.getting.has(session)) this.#end(shard, spreading, session, 1);
      else this.#tidy(shard, spreading);
    }
  }

  forget(shard: ShardId): void {
    this.#shards.delete(shard);
  }

  /** Who waits no longer: somebody has the shard now, or it took too long. */
  takeAnswers(at: number): Waiting[] {
    const answers: Waiting[] = [];
    for (const shard of this.#changed) this.#takeReady(shard, answers);
    this.#changed.clear();
    for (let next = this.#waits[this.#first]; next && next.until <= at; ) {
      const { shard, session } = next;
      if (this.#shards.get(shard)?.waiting.delete(session)) answers.push({ shard, session });
      next = this.#waits[++this.#first];
    }
    if (this.#first === this.#waits.length) this.#first = this.#waits.length = 0;
    return answers;
  }

  wakeAt(): number | undefined {
    return this.#waits[this.#first]?.until;
  }

  #touch(shard: ShardId): Spreading {
    const known = this.#shards.get(shard);
    if (known) return known;
    const spreading: Spreading = { getting: new Map(), waiting: new Set(), ready: 0 };
    this.#shards.set(shard, spreading);
    return spreading;
  }

  #end(shard: ShardId, spreading: Spreading, session: SessionId, ready: number): void {
    spreading.getting.delete(session);
    spreading.ready += ready;
    this.#changed.add(shard);
    this.#tidy(shard, spreading);
  }

  #tidy(shard: ShardId, { getting, waiting }: Spreading): void {
    if (getting.size === 0 && waiting.size === 0) this.forget(shard);
  }

  #takeReady(shard: ShardId, answers: Waiting[]): void {
    const spreading = this.#shards.get(shard);
    for (const session of spreading?.waiting ?? []) {
      if (!spreading || spreading.ready === 0) return;
      spreading.ready--;
      spreading.waiting.delete(session);
      answers.push({ shard, session });
    }
  }
}
