import { rebuildPiece } from '@manytabs/erasure';
import type { FileLayout, ShardId, StripeLayout } from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { idAt } from './file-record.ts';

/** Stripes worked out at a time: each needs its pieces in memory. */
const REBUILDS_MAX = 2;
/** A piece that has not come by then gets company. */
const SLOW_MS = 1_000;

interface CodedStripe {
  readonly layout: StripeLayout;
  readonly ids: readonly ShardId[];
  readonly sizes: readonly number[];
}

/** Which stripe a coded piece is in, so that it can be worked out from the others. */
export class CodedShards {
  readonly #stripes = new Map<ShardId, CodedStripe>();
  readonly #read: (shard: ShardId) => Promise<Uint8Array | undefined>;
  readonly #running = new Map<ShardId, Promise<Uint8Array | undefined>>();
  #active = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(read: (shard: ShardId) => Promise<Uint8Array | undefined>) {
    this.#read = read;
  }

  add(layout: FileLayout, ids: Uint8Array): void {
    for (const stripe of stripesOf(layout)) {
      const width = stripe.data + stripe.parity;
      const pieces = Array.from({ length: width }, (_, i) => stripe.first + i);
      const coded: CodedStripe = {
        layout: stripe,
        ids: pieces.map((piece) => idAt(ids, piece)),
        sizes: pieces.map((piece) => layout.sizeOf(piece)),
      };
      for (const shard of coded.ids) if (!this.#stripes.has(shard)) this.#stripes.set(shard, coded);
    }
  }

  remove(layout: FileLayout, ids: Uint8Array): void {
    for (let piece = 0; piece < layout.pieces; piece++) this.#stripes.delete(idAt(ids, piece));
  }

  /** Undefined where too few of the others can be had. */
  rebuild(shard: ShardId): Promise<Uint8Array | undefined> {
    const stripe = this.#stripes.get(shard);
    if (!stripe) return Promise.resolve(undefined);
    const running = this.#running.get(shard) ?? this.#inTurn(() => this.#rebuild(shard, stripe));
    this.#running.set(shard, running);
    return running.finally(() => this.#running.delete(shard));
  }

  async #rebuild(shard: ShardId, { layout, ids, sizes }: CodedStripe) {
    const others = [...ids.entries()].filter(([, id]) => id !== shard);
    const known = await firstOf(others, layout.data, this.#read);
    if (!known) return undefined;
    const piece = ids.indexOf(shard);
    const length = sizes[piece] ?? 0;
    const bytes = rebuildPiece(known, { data: layout.data, piece, length });
    return (await shardIdOf(bytes)) === shard ? bytes : undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active >= REBUILDS_MAX) await new Promise<void>((go) => this.#waiting.push(go));
    this.#active++;
    try {
      return await work();
    } finally {
      this.#active--;
      this.#waiting.shift()?.();
    }
  }
}

export function* stripesOf(layout: FileLayout): Generator<StripeLayout> {
  if (!layout.code) return;
  const count = Math.ceil(layout.dataShards / layout.code.data);
  for (let number = 0; number < count; number++) yield layout.stripe(number);
}

/** Another one is asked for whenever one fails or is slow. */
function firstOf(
  pieces: [number, ShardId][],
  count: number,
  read: (shard: ShardId) => Promise<Uint8Array | undefined>,
): Promise<Map<number, Uint8Array> | undefined> {
  const known = new Map<number, Uint8Array>();
  return new Promise((resolve) => {
    let open = 0;
    const end = (result: Map<number, Uint8Array> | undefined) => {
      clearInterval(timer);
      resolve(result);
    };
    const next = () => {
      const piece = pieces.shift();
      if (!piece) return open === 0 && known.size < count ? end(undefined) : undefined;
      open++;
      read(piece[1])
        .catch(() => undefined)
        .then((bytes) => {
          open--;
          if (bytes && known.size < count) known.set(piece[0], bytes);
          if (known.size >= count) return end(known);
          if (!bytes) next();
        });
    };
    const timer = setInterval(next, SLOW_MS);
    for (let i = 0; i < count; i++) next();
  });
}
