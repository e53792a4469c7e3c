import { randomUUID } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Blobs, GridError, type ShardId, shardIdSchema } from '@manytabs/protocol';
import { verifyShard } from './digest.ts';

/**
 * One file a shard, named by its hash: `ab/cdef…` under the directory. A file gets its name only when it is whole and
 * on the disk, and is verified when it is read; one that rotted is removed and counts as never stored.
 */
export class FileBlobs implements Blobs {
  readonly #dir: string;
  readonly #isVisitor: boolean;
  readonly #writing = new Map<ShardId, Promise<void>>();
  #index: Promise<Map<ShardId, number>> | undefined;
  #isClosed = false;

  /**
   * One process owns the directory; it is made when it is missing. A visitor only reads: it removes nothing, neither
   * what the owner is writing nor what rotted.
   */
  constructor(dir: string, { isVisitor = false }: { isVisitor?: boolean } = {}) {
    this.#dir = dir;
    this.#isVisitor = isVisitor;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await verifyShard(shard, copy);
    const index = await this.#opened();
    if (index.has(shard)) return;
    const writing = this.#writing.get(shard) ?? this.#write(index, shard, copy);
    this.#writing.set(shard, writing);
    await writing;
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const index = await this.#opened();
    if (!index.has(shard)) return undefined;
    try {
      const bytes = new Uint8Array(await readFile(this.#path(shard)));
      await verifyShard(shard, bytes);
      return bytes;
    } catch (cause) {
      if (!isGone(cause)) throw storageError(cause);
      if (!this.#isVisitor) await this.delete(shard);
      return undefined;
    }
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await this.#opened()).has(shard);
  }

  async delete(shard: ShardId): Promise<void> {
    const index = await this.#opened();
    await this.#writing.get(shard)?.catch(() => {
      // Its writer is told.
    });
    index.delete(shard);
    await attempt(rm(this.#path(shard), { force: true }));
  }

  async list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    return [...(await this.#opened())].map(([shard, bytes]) => ({ shard, bytes }));
  }

  async size(): Promise<number> {
    let total = 0;
    for (const bytes of (await this.#opened()).values()) total += bytes;
    return total;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#writing.values());
  }

  #opened(): Promise<Map<ShardId, number>> {
    if (this.#isClosed) return Promise.reject(new GridError('closed', 'The storage was closed.'));
    this.#index ??= attempt(this.#scan());
    return this.#index;
  }

  async #scan(): Promise<Map<ShardId, number>> {
    const index = new Map<ShardId, number>();
    if (!this.#isVisitor) await rm(this.#temporary(), { recursive: true, force: true });
    await mkdir(this.#temporary(), { recursive: true });
    for (const folder of await readdir(this.#dir)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const rest of await readdir(join(this.#dir, folder))) {
        const shard = shardIdSchema.safeParse(folder + rest);
        if (shard.success) index.set(shard.data, (await stat(this.#path(shard.data))).size);
      }
    }
    return index;
  }

  async #write(index: Map<ShardId, number>, shard: ShardId, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#temporary(), randomUUID());
    try {
      await writeSynced(temporary, bytes);
      await mkdir(dirname(this.#path(shard)), { recursive: true });
      await rename(temporary, this.#path(shard));
      index.set(shard, bytes.length);
    } catch (cause) {
      await rm(temporary, { force: true });
      throw storageError(cause);
    } finally {
      this.#writing.delete(shard);
    }
  }

  #path(shard: ShardId): string {
    return join(this.#dir, shard.slice(0, 2), shard.slice(2));
  }

  #temporary(): string {
    return join(this.#dir, 'temporary');
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file?.close();
  }
}

async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw storageError(cause);
  }
}

function isGone(thrown: unknown): boolean {
  if (thrown instanceof GridError) return thrown.code === 'shard-corrupt';
  return errorCode(thrown) === 'ENOENT';
}

/** What the operating system said, in our words. */
export function storageError(cause: unknown): GridError {
  if (cause instanceof GridError) return cause;
  const code = errorCode(cause);
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const message = isFull ? 'The disk is full.' : `The disk failed: ${String(cause)}.`;
  return new GridError(isFull ? 'storage-full' : 'storage-failed', message, { cause });
}

function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
}
