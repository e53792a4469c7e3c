import {
  type CoordinatorMessage,
  GridError,
  LIMITS,
  type SessionId,
  type ShardId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { verifyShard } from '@manytabs/storage';
import { randomBytes } from '../../identity/crypto.ts';
import type { ShardPart } from '../../shard-tree.ts';

type Answer = Extract<
  VolunteerMessage,
  { type: 'shard' | 'shard-absent' | 'shard-part' | 'shard-proof' }
>;
type Part = Extract<Answer, { type: 'shard-part' }>;

const ANSWER_MS = 20_000;
/** A part is small: who takes longer is passed over. */
const PART_MS = 2_000;
const NONCE_BYTES = 16;

interface Call {
  readonly session: SessionId;
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(answer: Answer): void;
  reject(reason: GridError): void;
}

/** Asks volunteers for shards, and for proofs that they hold them. */
export class ShardRelay {
  readonly #send: (session: SessionId, message: CoordinatorMessage) => boolean;
  readonly #calls = new Map<string, Call[]>();

  constructor(send: (session: SessionId, message: CoordinatorMessage) => boolean) {
    this.#send = send;
  }

  /**
   * Bytes that hash to the id.
   * @throws {GridError} `shard-missing`, `shard-corrupt`, `timeout`, `unreachable`
   */
  async fetch(session: SessionId, shard: ShardId): Promise<Uint8Array> {
    const answer = await this.#ask(session, `s ${shard}`, { type: 'fetch', shard });
    if (answer.type !== 'shard')
      throw new GridError('shard-missing', 'It does not hold the shard.');
    await verifyShard(shard, answer.bytes);
    return answer.bytes;
  }

  /** Whole leaves around the range, not proven yet. @throws {GridError} `shard-missing`, `timeout`, `unreachable` */
  async fetchPart(
    session: SessionId,
    shard: ShardId,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<ShardPart> {
    const message = { type: 'fetch-part' as const, shard, from, to };
    const answer = await this.#ask(session, partKey(message), message, PART_MS);
    if (answer.type !== 'shard-part' || answer.bytes.length === 0)
      throw new GridError('shard-missing', 'It does not hold the shard.');
    return { from: from - (from % LIMITS.LEAF_BYTES), bytes: answer.bytes, leaves: answer.leaves };
  }

  /** SHA-256 of the nonce and the bytes it says it holds; undefined if it says that it holds none. */
  async prove(
    session: SessionId,
    shard: ShardId,
    nonce: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const key = `p ${shard} ${nonce.join()}`;
    const answer = await this.#ask(session, key, { type: 'challenge-shard', shard, nonce });
    return answer.type === 'shard-proof' ? answer.digest : undefined;
  }

  onAnswer(session: SessionId, answer: Answer): void {
    for (const call of this.#take(`${session} ${keyOf(answer)}`)) call.resolve(answer);
  }

  onGone(session: SessionId): void {
    for (const [key, calls] of [...this.#calls]) {
      if (calls[0]?.session !== session) continue;
      for (const call of this.#take(key)) call.reject(gone());
    }
  }

  static nonce(): Uint8Array {
    return randomBytes(NONCE_BYTES);
  }

  #ask(
    session: SessionId,
    what: string,
    message: CoordinatorMessage,
    ms = ANSWER_MS,
  ): Promise<Answer> {
    const key = `${session} ${what}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(key), ms);
      const call = { session, timer, resolve, reject };
      const waiting = this.#calls.get(key);
      if (waiting) waiting.push(call);
      else this.#calls.set(key, [call]);
      if (!waiting && !this.#send(session, message)) this.onGone(session);
    });
  }

  #expire(key: string): void {
    const late = new GridError('timeout', 'The volunteer did not answer in time.');
    for (const call of this.#take(key)) call.reject(late);
  }

  #take(key: string): Call[] {
    const calls = this.#calls.get(key) ?? [];
    this.#calls.delete(key);
    for (const { timer } of calls) clearTimeout(timer);
    return calls;
  }
}

function keyOf(answer: Answer): string {
  if (answer.type === 'shard-part') return partKey(answer);
  return answer.type === 'shard-proof'
    ? `p ${answer.shard} ${answer.nonce.join()}`
    : `s ${answer.shard}`;
}

function partKey({ shard, from, to }: Pick<Part, 'shard' | 'from' | 'to'>): string {
  return `r ${shard} ${from} ${to}`;
}

function gone(): GridError {
  return new GridError('unreachable', 'The volunteer is gone.');
}
