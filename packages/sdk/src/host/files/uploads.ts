import {
  base32,
  type FileLayout,
  GridError,
  LIMITS,
  type Redundancy,
  type ShardId,
} from '@manytabs/protocol';
import { verifyShard } from '@manytabs/storage';
import { randomBytes } from '../../identity/crypto.ts';
import { INLINE_FILE_BYTES } from './file-record.ts';
import type { Shelf } from './shelf.ts';
import { checkSize, type Piece, Upload } from './upload.ts';

const IDLE_MS = 10 * 60_000;
const UPLOADS_MAX = 1_000;
const SWEEP_MS = 30_000;

/** Uploads under way. One that nobody goes on with is given up after ten minutes, and its shards with it. */
export class Uploads {
  readonly #shelf: Shelf;
  readonly #now: () => number;
  readonly #uploads = new Map<string, Upload>();
  readonly #sweep: ReturnType<typeof setInterval>;

  constructor(shelf: Shelf, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
    this.#sweep = setInterval(() => this.#giveUpIdle(), SWEEP_MS);
    this.#sweep.unref?.();
  }

  /** @throws {GridError} `too-few-volunteers`, `file-too-large`, `quota-exceeded` */
  begin(owner: string, redundancy: Redundancy, bytes: number | undefined): Upload {
    if (bytes !== undefined) checkSize(bytes, redundancy);
    if (redundancy.durability !== 'durable') this.#checkVolunteers(redundancy);
    if (this.#uploads.size >= UPLOADS_MAX) {
      throw new GridError('quota-exceeded', `${UPLOADS_MAX} uploads are under way.`);
    }
    const id = base32(randomBytes(15), 24);
    const upload = new Upload(id, owner, redundancy, LIMITS.SHARD_BYTES, this.#now());
    this.#uploads.set(id, upload);
    return upload;
  }

  /** @throws {GridError} `upload-unknown` */
  get(id: string, owner: string): Upload {
    const upload = this.#uploads.get(id);
    if (!upload || upload.owner !== owner) {
      throw new GridError('upload-unknown', 'This upload has ended or was given up.');
    }
    upload.usedAt = this.#now();
    return upload;
  }

  /** Takes the pieces that are as safe as they should be already; returns their numbers. */
  async takeKnown(upload: Upload, at: number, pieces: readonly Piece[]): Promise<number[]> {
    const known: number[] = [];
    for (const [offset, piece] of pieces.entries()) {
      const number = at + offset;
      upload.check(number, piece.bytes);
      if (upload.pieces.get(number)?.shard === piece.shard) known.push(number);
      else if (await this.#tryKeep(upload, number, piece)) known.push(number);
    }
    return known;
  }

  /** Resolves once the piece is safe. @throws {GridError} `shard-corrupt`, `storage-full`, `too-few-volunteers` */
  async put(
    upload: Upload,
    at: number,
    shard: ShardId,
    bytes: Uint8Array,
    tree?: Uint8Array,
  ): Promise<void> {
    upload.check(at, bytes.length);
    await verifyShard(shard, bytes);
    const before = upload.pieces.get(at);
    if (before?.shard === shard) return;
    if (before) throw new GridError('input-invalid', `Piece ${at} was sent before and differs.`);
    const piece = { shard, bytes: bytes.length, tree };
    if (!upload.isOnTabsOnly && at === 0 && bytes.length <= INLINE_FILE_BYTES) {
      upload.small = bytes.slice();
      return upload.add(at, piece);
    }
    if (upload.isOnTabsOnly) await this.#place(upload, at, piece, bytes);
    else await this.#store(upload, at, piece, bytes);
  }

  /** The upload as a whole file; it is in the caller's hands from now on. @throws {GridError} `input-invalid` */
  finish(upload: Upload, bytes: number): FileLayout {
    const layout = upload.complete(bytes);
    this.#uploads.delete(upload.id);
    return layout;
  }

  /** It may have its name already: its shards stay until the next start tells. */
  leave(upload: Upload): void {
    this.#uploads.delete(upload.id);
  }

  abandon(upload: Upload): void {
    if (!this.#uploads.delete(upload.id)) return;
    this.release(upload);
  }

  release(upload: Upload): void {
    if (upload.small) return;
    const pieces = [...upload.pieces].map(([at, piece]) => ({
      shard: piece.shard,
      copies: upload.copiesOf(at, piece),
    }));
    this.#shelf.letGo(pieces, !upload.isOnTabsOnly);
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  async #tryKeep(upload: Upload, at: number, piece: Piece): Promise<boolean> {
    if (!(await this.#isSafe(upload, at, piece))) return false;
    this.#tell(upload, at, piece, !upload.isOnTabsOnly);
    upload.add(at, piece);
    return true;
  }

  async #isSafe(upload: Upload, at: number, piece: Piece): Promise<boolean> {
    if (!upload.isOnTabsOnly) return this.#shelf.origin.tryUse(piece.shard);
    const copies = upload.copiesOf(at, piece);
    const standing = this.#shelf.standing(piece.shard);
    return standing !== undefined && standing.copies >= copies;
  }

  async #store(upload: Upload, at: number, piece: Piece, bytes: Uint8Array): Promise<void> {
    await this.#shelf.origin.put(piece.shard, bytes);
    this.#tell(upload, at, piece, true);
    upload.add(at, piece);
  }

  async #place(upload: Upload, at: number, piece: Piece, bytes: Uint8Array): Promise<void> {
    const { shard } = piece;
    upload.add(at, piece);
    const copies = upload.copiesOf(at, piece);
    const placed = this.#shelf.staging.place(shard, bytes, copies);
    this.#tell(upload, at, piece, true);
    try {
      await placed;
      this.#shelf.setOrigin([shard], upload.redundancy.code !== undefined);
    } catch (thrown) {
      upload.pieces.delete(at);
      upload.bytes -= piece.bytes;
      this.#shelf.letGo([{ shard, copies }], false);
      throw thrown;
    }
  }

  #tell(upload: Upload, at: number, piece: Piece, hasOrigin: boolean): void {
    const { durability } = upload.redundancy;
    const { shard, bytes } = piece;
    const kept = {
      shard,
      bytes,
      copies: upload.copiesOf(at, piece),
      hasOrigin,
      isRepaired: durability !== 'cache',
    };
    this.#shelf.keep([kept], upload.stripeOf(at));
  }

  /** Losing one volunteer must never lose a file: a stripe has no more pieces with one than it has parity. */
  #checkVolunteers({ replicas, code }: Redundancy): void {
    const here = this.#shelf.identities();
    const wanted = code ? Math.ceil((code.data + code.parity) / code.parity) : replicas;
    const need = Math.max(1, wanted);
    if (here >= need) return;
    throw new GridError(
      'too-few-volunteers',
      `${need} volunteers are needed for that, and ${here} ${here === 1 ? 'is' : 'are'} here.`,
    );
  }

  #giveUpIdle(): void {
    const now = this.#now();
    for (const upload of [...this.#uploads.values()]) {
      if (now - upload.usedAt > IDLE_MS) this.abandon(upload);
    }
  }
}
