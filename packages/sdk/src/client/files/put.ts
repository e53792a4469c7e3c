import { encodeParity } from '@manytabs/erasure';
import {
  checkPath,
  type FileStat,
  GridError,
  joinBytes,
  LIMITS,
  merkleRoot,
  type Redundancy,
  type ShardId,
  toGridError,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { contentTypeOf } from '../../content-type.ts';
import { sha256 } from '../../identity/crypto.ts';
import { digestOf } from '../../shard-digest.ts';
import { treeOf } from '../../shard-tree.ts';
import type { Connection } from '../connection.ts';
import type { FileSource, PutOptions } from './api.ts';
import { aborted, askFiles } from './file-calls.ts';
import { cut, sizeOf } from './source.ts';

/** Pieces on their way at a time: what bounds the memory of an upload. */
const WINDOW = 8;
/** A piece for which volunteers were too few is offered again for a while. */
const PIECE_TRIES = 3;

interface Piece {
  readonly at: number;
  readonly shard: ShardId;
  readonly bytes: Uint8Array;
  readonly isData: boolean;
  /** The root over its leaves, where a part of it may be read. */
  readonly tree: Uint8Array | undefined;
}

/** Puts one file: cuts it, has each piece made safe, and gives the whole its name. */
export async function putFile(
  connection: Connection,
  path: string,
  source: FileSource,
  options: PutOptions,
): Promise<FileStat> {
  const upload = new FileUpload(connection, checkPath(path), options);
  return upload.run(source);
}

class FileUpload {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #options: PutOptions;
  readonly #redundancy: Redundancy;
  readonly #sending = new Set<Promise<void>>();
  readonly #dataIds: Uint8Array[] = [];
  #upload = '';
  #bytes = 0;
  #safe = 0;
  #total: number | undefined;
  #failure: unknown;

  constructor(connection: Connection, path: string, options: PutOptions) {
    this.#connection = connection;
    this.#path = path;
    this.#options = options;
    this.#redundancy = redundancyOf(options);
  }

  async run(source: FileSource): Promise<FileStat> {
    this.#total = sizeOf(source);
    const begin = { op: 'begin', redundancy: this.#redundancy } as const;
    const size = this.#total === undefined ? {} : { bytes: this.#total };
    const { upload, shardBytes } = await this.#ask<{ upload: string; shardBytes: number }>({
      ...begin,
      ...size,
    });
    this.#upload = upload;
    try {
      for await (const piece of this.#pieces(cut(source, shardBytes))) await this.#send(piece);
      await this.#drain(0);
      return await this.#commit();
    } catch (thrown) {
      void this.#ask({ op: 'abandon', upload }).catch(() => {});
      throw thrown;
    }
  }

  #ask<T>(op: Parameters<typeof askFiles>[1]): Promise<T> {
    const signal = op.op === 'abandon' ? undefined : this.#options.signal;
    return askFiles<T>(this.#connection, op, signal);
  }

  /** Data pieces in order and, with a code, after each stripe its parity. */
  async *#pieces(shards: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
    const { code } = this.#redundancy;
    let at = 0;
    let stripe: Uint8Array[] = [];
    const parity = async function* () {
      if (!code || stripe.length === 0) return;
      for (const bytes of encodeParity(stripe, code.parity))
        yield await pieceOf(at++, bytes, false);
      stripe = [];
    };
    for await (const bytes of shards) {
      yield await pieceOf(at++, bytes, true);
      if (!code) continue;
      stripe.push(bytes);
      if (stripe.length === code.data) yield* parity();
    }
    yield* parity();
  }

  async #send(piece: Piece): Promise<void> {
    if (this.#options.signal?.aborted) throw aborted();
    if (piece.isData) {
      this.#dataIds.push(digestOf(piece.shard));
      this.#bytes += piece.bytes.length;
    }
    const sending = this.#make(piece).catch((thrown: unknown) => {
      this.#failure ??= thrown;
    });
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
    await this.#drain(WINDOW - 1);
  }

  async #drain(most: number): Promise<void> {
    while (this.#sending.size > most && !this.#failure) await Promise.race(this.#sending);
    if (this.#failure) throw this.#failure;
  }

  async #make({ at, shard, bytes, isData, tree }: Piece): Promise<void> {
    const proof = tree ? { tree } : {};
    const isKnown = await this.#isKnown(at, shard, bytes.length, tree);
    for (let tries = 1; !isKnown; tries++) {
      try {
        const upload = this.#upload;
        await this.#ask({ op: 'put-piece', upload, at, shard, bytes, ...proof });
        break;
      } catch (thrown) {
        const { code } = toGridError(thrown, 'internal');
        if (code !== 'too-few-volunteers' || tries >= PIECE_TRIES) throw thrown;
      }
    }
    if (isData) this.#safe += bytes.length;
    this.#options.onProgress?.({ bytes: this.#safe, total: this.#total });
  }

  /** Whether it need not be sent: it is there from another file, or from a put that broke off. */
  async #isKnown(
    at: number,
    shard: ShardId,
    size: number,
    tree: Uint8Array | undefined,
  ): Promise<boolean> {
    if (size <= LIMITS.INLINE_SHARD_BYTES) return false;
    const upload = this.#upload;
    const known = { op: 'known' as const, upload, at, shards: [shard], sizes: [size] };
    const op = tree ? { ...known, trees: tree } : known;
    return (await this.#ask<number[]>(op)).length > 0;
  }

  #commit(): Promise<FileStat> {
    const { contentType, expected } = this.#options;
    return this.#ask<FileStat>({
      op: 'commit',
      upload: this.#upload,
      path: this.#path,
      bytes: this.#bytes,
      contentType: contentType ?? contentTypeOf(this.#path),
      root: merkleRoot(joinBytes(this.#dataIds), sha256),
      ...(expected === undefined ? {} : { expected }),
    });
  }
}

/** @throws {GridError} `spec-invalid` */
function redundancyOf({ durability = 'durable', replicas, code }: PutOptions): Redundancy {
  if (code && durability === 'durable') {
    throw new GridError(
      'spec-invalid',
      'A code is for files that are on tabs only: durability grid.',
    );
  }
  const usual = code ? 1 : { durable: LIMITS.SHARD_REPLICAS, grid: 3, cache: 1 }[durability];
  const copies = replicas ?? usual;
  const least = durability === 'durable' ? 0 : 1;
  if (!Number.isInteger(copies) || copies < least || copies > LIMITS.FILE_REPLICAS_MAX) {
    const range = `${least} to ${LIMITS.FILE_REPLICAS_MAX}`;
    throw new GridError('spec-invalid', `A file has ${range} replicas, not ${copies}.`);
  }
  return code ? { durability, replicas: copies, code } : { durability, replicas: copies };
}

async function pieceOf(at: number, bytes: Uint8Array, isData: boolean): Promise<Piece> {
  const shard = await shardIdOf(bytes);
  const hasParts = isData && (at > 0 || bytes.length > LIMITS.LEAF_BYTES);
  return { at, bytes, isData, shard, tree: hasParts ? await treeOf(bytes) : undefined };
}
