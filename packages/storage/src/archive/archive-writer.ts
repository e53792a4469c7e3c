import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assert } from '@manytabs/protocol';
import { storageError } from '../file-blobs.ts';
import { type ArchiveEntry, encodeEntry } from './entry.ts';
import { ENTRY_BYTES_MAX, FORMAT, firstLine, LENGTH_BYTES } from './format.ts';

const WRITE_BYTES = 1024 * 1024;

/** Writes a backup beside its place, and moves it there when it is whole and on the disk. Only its owner may read it. */
export class ArchiveWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #entries = 0;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** @throws {GridError} `storage-full`, `storage-failed` */
  static async open(path: string): Promise<ArchiveWriter> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${randomUUID()}.part`;
      const writer = new ArchiveWriter(path, temporary, await open(temporary, 'wx', 0o600));
      await writer.#write(firstLine(FORMAT));
      return writer;
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** @throws {GridError} `storage-full`, `storage-failed` */
  async add(entry: ArchiveEntry): Promise<void> {
    const body = encodeEntry(entry);
    assert(body.length <= ENTRY_BYTES_MAX, 'an entry fits an archive');
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, body.length);
    this.#entries += 1;
    await this.#write(length);
    await this.#write(body);
  }

  /** @returns its size in bytes */
  async finish(): Promise<number> {
    await this.add({ kind: 'end', entries: this.#entries });
    this.#waiting.push(new Uint8Array(this.#hash.digest()));
    await this.#flush();
    try {
      await this.#file.datasync();
      await this.#file.close();
      await rename(this.#temporary, this.#path);
    } catch (cause) {
      throw storageError(cause);
    }
    return this.#bytes;
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {
      // It may be closed already.
    });
    await rm(this.#temporary, { force: true });
  }

  async #write(part: Uint8Array): Promise<void> {
    this.#hash.update(part);
    this.#waiting.push(part);
    this.#waitingBytes += part.length;
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#bytes += bytes.length;
    try {
      await this.#file.writeFile(bytes);
    } catch (cause) {
      throw storageError(cause);
    }
  }
}
