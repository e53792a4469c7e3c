import {
  type FileHealth,
  type FileStat,
  GridError,
  hex,
  joinBytes,
  type ShardId,
  type VolunteerId,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { type CodedShards, stripesOf } from './coded-shards.ts';
import {
  type FileRecord,
  IDS_PER_PAGE,
  IDS_WITH_NAME_MAX,
  idAt,
  idsOf,
  layoutOf,
} from './file-record.ts';
import { entryOf } from './listing.ts';
import type { Named } from './name-tree.ts';
import type { Shelf } from './shelf.ts';
import { copiesOf } from './upload.ts';

const ID_BYTES = 32;

export interface Standing {
  readonly health: FileHealth;
  readonly missing: number;
  readonly absent: number;
  readonly least: number;
  readonly holders: ReadonlySet<VolunteerId>;
}

/** The shards behind the names: which a file has, how it stands with them, and what the machine is told of them. */
export class FileShards {
  readonly #shelf: Shelf;
  readonly #coded: CodedShards;

  constructor(shelf: Shelf, coded: CodedShards) {
    this.#shelf = shelf;
    this.#coded = coded;
  }

  /** Many ids are kept in pages of their own, and so are many roots. */
  async file(
    ids: Uint8Array,
    trees: Uint8Array | null,
  ): Promise<Pick<FileRecord, 'ids' | 'pages' | 'trees' | 'treePages'>> {
    const pages = await this.#paged(ids);
    if (!trees) return pages;
    const { ids: kept, pages: treePages } = await this.#paged(trees);
    return { ...pages, ...(treePages ? { treePages } : { trees: kept }) };
  }

  async #paged(ids: Uint8Array): Promise<Pick<FileRecord, 'ids' | 'pages'>> {
    if (ids.length <= IDS_WITH_NAME_MAX * ID_BYTES) return { ids, pages: null };
    const pages: Uint8Array[] = [];
    for (let at = 0; at < ids.length; at += IDS_PER_PAGE * ID_BYTES) {
      const page = ids.slice(at, at + IDS_PER_PAGE * ID_BYTES);
      const shard = await shardIdOf(page);
      await this.#shelf.origin.put(shard, page);
      pages.push(Uint8Array.from(shard.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
    }
    return { ids: null, pages: joinBytes(pages) };
  }

  /** @throws {GridError} `file-lost` where a page is gone */
  async idsOf(record: FileRecord): Promise<Uint8Array> {
    return record.ids ?? this.#joinPages(record.pages);
  }

  /** Empty where the file has none. @throws {GridError} `file-lost` */
  async treesOf(record: FileRecord): Promise<Uint8Array> {
    return record.trees ?? this.#joinPages(record.treePages);
  }

  async #joinPages(list: Uint8Array | null | undefined): Promise<Uint8Array> {
    const pages: Uint8Array[] = [];
    for (const shard of idsOf(list ?? new Uint8Array(0))) {
      const page = await this.#shelf.origin.get(shard);
      if (!page) throw new GridError('file-lost', 'The list of its shards is damaged.');
      pages.push(page);
    }
    return joinBytes(pages);
  }

  /** After a start: what the file needs, as at its commit. */
  async adopt(record: FileRecord, name: string): Promise<void> {
    if (record.inline) return;
    const ids = await this.idsOf(record);
    const isDurable = record.durability === 'durable';
    for (const page of pagesOf(record)) this.#shelf.origin.use(page);
    if (isDurable) for (const shard of idsOf(ids)) this.#shelf.origin.use(shard);
    for (const { shard, bytes, copies, stripe } of this.#pieces(record, ids)) {
      const hasOrigin = isDurable || record.code !== null;
      const kept = { shard, bytes, copies, hasOrigin, isRepaired: record.durability !== 'cache' };
      this.#shelf.keep([kept], stripe === undefined ? undefined : `${name}/${stripe}`);
    }
    this.noteCode(record, ids);
  }

  noteCode(record: FileRecord, ids: Uint8Array): void {
    if (record.code) this.#coded.add(layoutOf(record), ids);
  }

  async release(record: FileRecord): Promise<void> {
    if (record.inline) return;
    const ids = await this.idsOf(record).catch(() => undefined);
    if (!ids) return;
    if (record.code) this.#coded.remove(layoutOf(record), ids);
    this.#shelf.letGo([...this.#pieces(record, ids)], record.durability === 'durable');
    for (const page of pagesOf(record)) this.#shelf.origin.disuse(page);
  }

  async stat(named: Named<FileRecord>): Promise<FileStat> {
    const { record } = named;
    const standing = await this.standing(record);
    return {
      ...entryOf(named),
      root: hex(record.root),
      shards: layoutOf(record).pieces,
      replicas: {
        target: record.replicas,
        least: standing.least,
        advised: this.#shelf.advisedCopies,
      },
      code: record.code,
      health: standing.health,
      missing: standing.missing,
      absent: standing.absent,
      origin: record.durability === 'durable',
      holders: [...standing.holders],
    };
  }

  async standing(record: FileRecord): Promise<Standing> {
    const holders = new Set<VolunteerId>();
    if (record.inline) {
      return { health: 'full', missing: 0, absent: 0, least: record.replicas, holders };
    }
    const ids = await this.idsOf(record).catch(() => undefined);
    if (!ids) return { health: 'lost', missing: 0, absent: 0, least: 0, holders };
    return this.#standing(record, ids, holders);
  }

  async #standing(
    record: FileRecord,
    ids: Uint8Array,
    holders: Set<VolunteerId>,
  ): Promise<Standing> {
    const isDurable = record.durability === 'durable';
    let missing = 0;
    let least = Number.POSITIVE_INFINITY;
    const gone: boolean[] = [];
    for (const { shard, copies: target } of this.#pieces(record, ids)) {
      const found = this.#shelf.holdersOf(shard);
      for (const holder of found) holders.add(holder);
      const copies = target === 0 ? record.replicas : found.length;
      if (copies < target) missing++;
      least = Math.min(least, copies);
      gone.push(copies === 0 && !(isDurable && (await this.#shelf.origin.has(shard))));
    }
    const absent = gone.filter(Boolean).length;
    const isLost = record.code ? isCodeBroken(record, gone) : absent > 0;
    // With a copy at the coordinator, those on volunteers are for speed.
    const health = isLost ? 'lost' : missing > 0 && !isDurable ? 'degraded' : 'full';
    return { health, missing, absent, least: Number.isFinite(least) ? least : 0, holders };
  }

  *#pieces(
    record: FileRecord,
    ids: Uint8Array,
  ): Generator<{ shard: ShardId; bytes: number; copies: number; stripe: number | undefined }> {
    const layout = layoutOf(record);
    for (let piece = 0; piece < layout.pieces; piece++) {
      const stripe = record.code ? layout.stripeOf(piece) : undefined;
      const bytes = layout.sizeOf(piece);
      const shard = idAt(ids, piece);
      const alike = stripe ? alikeIn(ids, stripe.first, stripe.data + stripe.parity, shard) : 1;
      const copies = copiesOf(record, bytes, alike);
      yield { shard, bytes, copies, stripe: stripe?.number };
    }
  }
}

function pagesOf({ pages, treePages }: FileRecord): ShardId[] {
  return [pages, treePages].flatMap((list) => (list ? idsOf(list) : []));
}

function alikeIn(ids: Uint8Array, first: number, width: number, shard: ShardId): number {
  let alike = 0;
  for (let piece = first; piece < first + width; piece++) if (idAt(ids, piece) === shard) alike++;
  return alike;
}

function isCodeBroken(record: FileRecord, gone: readonly boolean[]): boolean {
  for (const { first, data, parity } of stripesOf(layoutOf(record))) {
    const lost = gone.slice(first, first + data + parity).filter(Boolean).length;
    if (lost > parity) return true;
  }
  return false;
}
