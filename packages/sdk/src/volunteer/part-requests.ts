import { LIMITS, type PeerId, type ShardId, type VolunteerMessage } from '@manytabs/protocol';
import type { ShardPart } from '../shard-tree.ts';
import { type Resolvers, withResolvers } from './resolvers.ts';

export type PartMessage = Extract<VolunteerMessage, { type: 'shard-part' }>;

export interface Range {
  readonly from: number;
  readonly to: number;
}

const ANSWER_MS = 3_000;
const TABS_TRIED = 2;
/** Who reads on and on in a shard is better off with the whole of it. */
const PARTS_OF_SHARD_MAX = 3;
const REMEMBERED_MAX = 10_000;

/** Parts that tasks wait for: who has them, and what the coordinator gives of its own. */
export class PartRequests {
  readonly #ask: (shard: ShardId, range: Range) => void;
  readonly #asked = new Map<string, Resolvers<ShardPart | undefined>>();
  readonly #locating = new Map<ShardId, ((peers: readonly PeerId[]) => void)[]>();
  /** How often a part of each was asked for. */
  readonly #counts = new Map<ShardId, number>();

  constructor(ask: (shard: ShardId, range: Range) => void) {
    this.#ask = ask;
  }

  /** Counts as a request. */
  mayAsk(shard: ShardId): boolean {
    const count = (this.#counts.get(shard) ?? 0) + 1;
    if (this.#counts.size >= REMEMBERED_MAX) this.#counts.clear();
    this.#counts.set(shard, count);
    return count <= PARTS_OF_SHARD_MAX;
  }

  /** `locate` makes the coordinator name them. */
  async holdersOf(shard: ShardId, locate: () => void): Promise<readonly PeerId[]> {
    const located = withResolvers<readonly PeerId[]>();
    const waiting = this.#locating.get(shard) ?? [];
    this.#locating.set(shard, [...waiting, located.resolve]);
    const timer = setTimeout(() => this.onHolders(shard, []), ANSWER_MS);
    if (waiting.length === 0) locate();
    const peers = await located.promise;
    clearTimeout(timer);
    return peers.slice(0, TABS_TRIED);
  }

  onHolders(shard: ShardId, peers: readonly PeerId[]): void {
    const waiting = this.#locating.get(shard) ?? [];
    this.#locating.delete(shard);
    for (const resolve of waiting) resolve(peers);
  }

  /** Undefined where it has no copy of its own. */
  ofCoordinator(shard: ShardId, range: Range): Promise<ShardPart | undefined> {
    const key = keyOf({ shard, ...range });
    const part = this.#asked.get(key) ?? withResolvers<ShardPart | undefined>();
    this.#asked.set(key, part);
    const timer = setTimeout(() => part.resolve(undefined), ANSWER_MS);
    this.#ask(shard, range);
    return part.promise.finally(() => {
      clearTimeout(timer);
      this.#asked.delete(key);
    });
  }

  onAnswer(message: PartMessage): void {
    const { from, bytes, leaves } = message;
    const part = { from: from - (from % LIMITS.LEAF_BYTES), bytes, leaves };
    this.#asked.get(keyOf(message))?.resolve(bytes.length > 0 ? part : undefined);
  }
}

function keyOf({ shard, from, to }: Range & { readonly shard: ShardId }): string {
  return `${shard} ${from} ${to}`;
}
