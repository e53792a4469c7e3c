import {
  type CodeScheme,
  FileLayout,
  GridError,
  LIMITS,
  type Redundancy,
  type ShardId,
} from '@manytabs/protocol';
import { digestOf } from '../../shard-digest.ts';

export interface Piece {
  readonly shard: ShardId;
  readonly bytes: number;
  /** The root over its leaves, where its parts are to be proven. */
  readonly tree?: Uint8Array | undefined;
}

/** A file on its way in: its pieces by number, until a commit gives it a name or it is given up. */
export class Upload {
  readonly id: string;
  readonly owner: string;
  readonly redundancy: Redundancy;
  readonly shardBytes: number;
  readonly pieces = new Map<number, Piece>();
  usedAt: number;
  bytes = 0;
  /** The whole content, while it is one small piece. */
  small: Uint8Array | undefined;

  constructor(id: string, owner: string, redundancy: Redundancy, shardBytes: number, at: number) {
    this.id = id;
    this.owner = owner;
    this.redundancy = redundancy;
    this.shardBytes = shardBytes;
    this.usedAt = at;
  }

  get isOnTabsOnly(): boolean {
    return this.redundancy.durability !== 'durable';
  }

  /** @throws {GridError} `file-too-large`, `input-invalid` */
  check(at: number, bytes: number): void {
    if (at >= LIMITS.FILE_PIECES_MAX) throw tooLarge();
    if (bytes === 0 || bytes > this.shardBytes) {
      throw new GridError('input-invalid', `A piece has 1 to ${this.shardBytes} bytes.`);
    }
    // What may be missing below the newest piece is bounded by what may be under way.
    if (at > this.pieces.size + LIMITS.FILE_WINDOW_MAX) {
      throw new GridError('input-invalid', `Piece ${at} comes too early.`);
    }
  }

  /** A tree that came in a message is a view of all of it, which would be kept with it. */
  add(at: number, { shard, bytes, tree }: Piece): void {
    this.pieces.set(at, { shard, bytes, tree: tree?.slice() });
    this.bytes += bytes;
  }

  /** Copies that piece `at` should have, when it is this shard. */
  copiesOf(at: number, piece: Piece): number {
    const { code } = this.redundancy;
    if (!code) return copiesOf(this.redundancy, piece.bytes, 1);
    const width = code.data + code.parity;
    const first = at - (at % width);
    let alike = 0;
    for (let i = first; i < first + width; i++) {
      if (i === at || this.pieces.get(i)?.shard === piece.shard) alike++;
    }
    return copiesOf(this.redundancy, piece.bytes, alike);
  }

  /** The name of the stripe that a piece is in, if the file has a code. */
  stripeOf(at: number): string | undefined {
    const { code } = this.redundancy;
    return code && `${this.id}/${Math.floor(at / (code.data + code.parity))}`;
  }

  /**
   * The layout, once every piece that a file of this size has is here.
   * @throws {GridError} `input-invalid`
   */
  complete(bytes: number): FileLayout {
    const layout = new FileLayout(bytes, this.shardBytes, this.redundancy.code ?? null);
    if (layout.pieces !== this.pieces.size) {
      throw new GridError(
        'input-invalid',
        `A file of ${bytes} bytes has ${layout.pieces} pieces, not ${this.pieces.size}.`,
      );
    }
    for (const [at, piece] of this.pieces) {
      if (layout.sizeOf(at) === piece.bytes) continue;
      throw new GridError('input-invalid', `Piece ${at} has ${piece.bytes} bytes, which is wrong.`);
    }
    return layout;
  }

  /** Of all data shards; none where one lacks it. */
  trees(layout: FileLayout): Uint8Array | null {
    const trees = new Uint8Array(32 * layout.dataShards);
    for (let number = 0; number < layout.dataShards; number++) {
      const tree = this.pieces.get(layout.pieceOf(number))?.tree;
      if (!tree) return null;
      trees.set(tree, 32 * number);
    }
    return trees;
  }

  ids(): Uint8Array {
    const ids = new Uint8Array(32 * this.pieces.size);
    for (const [at, { shard }] of this.pieces) ids.set(digestOf(shard), 32 * at);
    return ids;
  }
}

/**
 * Copies of a piece on distinct volunteers; 0 where the coordinator's own is enough. `alike`: how many pieces of its
 * stripe are this very shard, all of which would be lost with its last copy.
 */
export function copiesOf(
  {
    durability,
    replicas,
    code,
  }: Pick<Redundancy, 'durability' | 'replicas'> & { code?: CodeScheme | null | undefined },
  bytes: number,
  alike: number,
): number {
  if (durability === 'durable' && bytes <= LIMITS.INLINE_SHARD_BYTES) return 0;
  return code ? Math.max(replicas, Math.min(alike, code.parity + 1)) : replicas;
}

/** @throws {GridError} `file-too-large` */
export function checkSize(bytes: number, redundancy: Redundancy): void {
  const layout = new FileLayout(bytes, LIMITS.SHARD_BYTES, redundancy.code ?? null);
  if (layout.pieces > LIMITS.FILE_PIECES_MAX) throw tooLarge();
}

function tooLarge(): GridError {
  return new GridError(
    'file-too-large',
    `A file has at most ${LIMITS.FILE_PIECES_MAX} pieces of ${LIMITS.SHARD_BYTES} bytes.`,
  );
}
