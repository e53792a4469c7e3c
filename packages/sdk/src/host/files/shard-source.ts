import { type GridError, type SessionId, type ShardId, toGridError } from '@manytabs/protocol';
import { PART_BYTES_MAX, provenBytes } from '../../shard-tree.ts';
import type { OriginShards } from './origin-shards.ts';
import type { ShardRelay } from './shard-relay.ts';
import type { Staging } from './staging.ts';

/** A holder that has not answered by then gets company. */
const HEDGE_MS = 1_500;
/** After that, a shard of a file with a code is worked out from others. */
const LATE_MS = 2_500;
/** So many are asked for a part before the whole shard is looked for. */
const PART_HOLDERS = 2;

export interface SourceParts {
  readonly origin: OriginShards;
  readonly staging: Staging;
  readonly relay: ShardRelay;
  holdersOf(shard: ShardId): readonly SessionId[];
  onRefuted(session: SessionId, shard: ShardId): void;
  onAbsent(session: SessionId, shard: ShardId): void;
  /** Works it out from other pieces of its stripe. */
  rebuild(shard: ShardId): Promise<Uint8Array | undefined>;
}

/** Where the coordinator gets the bytes of a shard from, nearest first; nothing it reads from volunteers is kept. */
export class ShardSource {
  readonly #parts: SourceParts;
  #turn = 0;

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  /** Undefined where nobody has it now. Who holds it may be gone without a word, so it is worked out meanwhile. */
  bytesOf(shard: ShardId, except?: SessionId): Promise<Uint8Array | undefined> {
    const stored = this.stored(shard, except);
    return new Promise((resolve) => {
      const rebuild = async () => this.#parts.rebuild(shard);
      const late = setTimeout(
        () => void rebuild().then((bytes) => bytes && resolve(bytes)),
        LATE_MS,
      );
      stored
        .catch(() => undefined)
        .then(async (bytes) => {
          clearTimeout(late);
          resolve(bytes ?? (await rebuild().catch(() => undefined)));
        });
    });
  }

  /**
   * A part of it, of which no more than that has travelled. Undefined where no holder gives it at once: the whole shard
   * is then to be looked for. Whoever asks names the root over the leaves, so nobody is blamed for not fitting it.
   */
  async partOf(
    shard: ShardId,
    range: { readonly from: number; readonly to: number },
    tree: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const { origin, staging, relay, holdersOf } = this.#parts;
    if (range.to - range.from > PART_BYTES_MAX || staging.get(shard)) return undefined;
    if (await origin.has(shard)) return undefined;
    const holders = holdersOf(shard);
    for (let i = 0; i < Math.min(PART_HOLDERS, holders.length); i++) {
      const session = holders[this.#turn++ % holders.length] as SessionId;
      const part = await relay.fetchPart(session, shard, range).catch(() => undefined);
      const bytes = part && (await provenBytes(part, tree, range));
      if (bytes) return bytes;
    }
    return undefined;
  }

  /** Without working anything out. */
  async stored(shard: ShardId, except?: SessionId): Promise<Uint8Array | undefined> {
    const { origin, staging, holdersOf } = this.#parts;
    const own = staging.get(shard) ?? (await origin.get(shard));
    if (own) return own;
    const holders = holdersOf(shard).filter((session) => session !== except);
    const from = this.#turn++ % Math.max(1, holders.length);
    return this.#fromHolders(shard, [...holders.slice(from), ...holders.slice(0, from)]);
  }

  /** One after the other, the next as soon as one fails or is slow; the first good answer counts. */
  #fromHolders(shard: ShardId, holders: SessionId[]): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      let open = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const next = () => {
        clearTimeout(timer);
        const session = holders.shift();
        if (session === undefined) return open === 0 ? resolve(undefined) : undefined;
        open++;
        if (holders.length > 0) timer = setTimeout(next, HEDGE_MS);
        this.#parts.relay.fetch(session, shard).then(
          (bytes) => {
            clearTimeout(timer);
            resolve(bytes);
          },
          (thrown) => {
            open--;
            this.#blame(session, shard, toGridError(thrown, 'unreachable'));
            next();
          },
        );
      };
      next();
    });
  }

  #blame(session: SessionId, shard: ShardId, { code }: GridError): void {
    if (code === 'shard-corrupt') this.#parts.onRefuted(session, shard);
    if (code === 'shard-missing') this.#parts.onAbsent(session, shard);
  }
}
