import {
  base32,
  decodeName,
  encodeName,
  GridError,
  joinPath,
  type KeyValue,
  namesOf,
} from '@manytabs/protocol';
import { randomBytes } from '../../identity/crypto.ts';
import {
  decodeRecord,
  encodeRecord,
  type FileRecord,
  type FolderRecord,
  type NameRecord,
} from './file-record.ts';

/** An entry of the tree; version 0 is the root, which is in no folder. */
export interface Named<R extends NameRecord = NameRecord> {
  readonly path: string;
  readonly key: string;
  readonly record: R;
  readonly version: number;
}

const ROOT_ID = 'root';
const PREFIX = 'files/d/';
const INTENT = 'files/move';
const PAGE = 500;

/**
 * The names of the grid's files over a key-value store: an entry is a key, folder id and name, so that moving a folder
 * moves one key. Every write says which version it replaces. A move is two writes; it is written down before, and ended
 * by `recover` if the process dies between them.
 */
export class NameTree {
  readonly #store: KeyValue;
  /** Since the start. */
  foldersMade = 0;

  constructor(store: KeyValue) {
    this.#store = store;
  }

  async recover(): Promise<void> {
    const intent = await this.#store.get(INTENT);
    if (intent) await this.#carryOut(decodeMove(intent.value), intent.version);
  }

  /** @throws {GridError} `path-invalid`, `not-a-folder` */
  async find(path: string): Promise<Named | undefined> {
    let found: Named = { path: '/', key: '', record: rootRecord(), version: 0 };
    for (const name of namesOf(path)) {
      const child = await this.child(folderOf(found), name);
      if (!child) return undefined;
      found = child;
    }
    return found;
  }

  /** @throws {GridError} `path-missing` */
  async get(path: string): Promise<Named> {
    const found = await this.find(path);
    if (found) return found;
    throw new GridError('path-missing', `There is no ${path}.`);
  }

  async child(folder: Named<FolderRecord>, name: string): Promise<Named | undefined> {
    const key = keyOf(folder.record.id, name);
    const entry = await this.#store.get(key);
    if (!entry) return undefined;
    const path = joinPath([...namesOf(folder.path), name]);
    return { path, key, record: decodeRecord(entry.value), version: entry.version };
  }

  /** Entries of a folder in the order of their keys, from the first after the name `after` on. */
  async children(folder: Named<FolderRecord>, after?: string, limit = PAGE): Promise<Named[]> {
    const prefix = `${PREFIX}${folder.record.id}/`;
    const page = { limit, ...(after === undefined ? {} : { after: prefix + encodeName(after) }) };
    const base = folder.path === '/' ? '/' : `${folder.path}/`;
    return (await this.#store.list(prefix, page)).map(({ key, value, version }) => ({
      path: base + decodeName(key.slice(prefix.length)),
      key,
      record: decodeRecord(value),
      version,
    }));
  }

  /** The folder of that path, made with those above it where they are missing. */
  async makeFolder(path: string, owner: string, at: number): Promise<Named<FolderRecord>> {
    let folder = folderOf(await this.get('/'));
    for (const name of namesOf(path)) {
      const child = (await this.child(folder, name)) ?? (await this.#add(folder, name, owner, at));
      folder = folderOf(child);
    }
    return folder;
  }

  /**
   * Writes a file where nothing or a file of version `replaced` is; gives its entry.
   * @throws {GridError} `version-conflict`, `storage-full`, `storage-failed`
   */
  async write(path: string, record: FileRecord, replaced: number): Promise<Named<FileRecord>> {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw new GridError('not-a-file', '/ is a folder.');
    const folder = await this.makeFolder(joinPath(names), record.owner, record.at);
    const key = keyOf(folder.record.id, name);
    const version = await this.#store.put(key, encodeRecord(record), { expected: replaced });
    return { path, key, record, version };
  }

  /** Takes one name away; what is below a folder is gone with it and must be collected. */
  async remove(entry: Named): Promise<void> {
    await this.#store.delete(entry.key, entry.version);
  }

  /** @throws {GridError} `version-conflict` */
  async move(
    entry: Named,
    to: string,
    replaced: number,
    owner: string,
    at: number,
  ): Promise<Named> {
    const names = namesOf(to);
    const name = names.pop() ?? '';
    const folder = await this.makeFolder(joinPath(names), owner, at);
    const move: Move = {
      from: entry.key,
      fromVersion: entry.version,
      to: keyOf(folder.record.id, name),
      toVersion: replaced,
      value: encodeRecord(entry.record),
    };
    const intent = await this.#store.put(INTENT, encodeMove(move), { expected: 0 });
    const version = await this.#carryOut(move, intent);
    return { ...entry, path: to, key: move.to, version };
  }

  /** Every key, folder by folder, reachable or not. */
  async *all(): AsyncGenerator<{
    folderId: string;
    key: string;
    record: NameRecord;
    version: number;
  }> {
    let after: string | undefined;
    for (;;) {
      const options = after === undefined ? {} : { after };
      const page = await this.#store.list(PREFIX, { limit: 1000, ...options });
      for (const { key, value, version } of page) {
        const folderId = key.slice(PREFIX.length, key.indexOf('/', PREFIX.length));
        yield { folderId, key, record: decodeRecord(value), version };
      }
      after = page.at(-1)?.key;
      if (page.length === 0) return;
    }
  }

  async removeKey(key: string, version: number): Promise<void> {
    await this.#store.delete(key, version);
  }

  static readonly rootId = ROOT_ID;

  async #add(folder: Named<FolderRecord>, name: string, owner: string, at: number): Promise<Named> {
    const id = base32(randomBytes(10), 16);
    const record: FolderRecord = { kind: 'folder', id, owner, at };
    const key = keyOf(folder.record.id, name);
    const version = await this.#store.put(key, encodeRecord(record), { expected: 0 });
    this.foldersMade++;
    return { path: joinPath([...namesOf(folder.path), name]), key, record, version };
  }

  async #carryOut(move: Move, intent: number): Promise<number> {
    const there = await this.#store.get(move.to);
    const isThere = there !== undefined && sameValue(there.value, move.value);
    const version = isThere
      ? there.version
      : await this.#store
          .put(move.to, move.value, { expected: move.toVersion })
          .catch(async (thrown) => {
            await this.#store.delete(INTENT, intent);
            throw thrown;
          });
    const here = await this.#store.get(move.from);
    if (here?.version === move.fromVersion) await this.#store.delete(move.from, here.version);
    await this.#store.delete(INTENT, intent);
    return version;
  }
}

interface Move {
  readonly from: string;
  readonly fromVersion: number;
  readonly to: string;
  readonly toVersion: number;
  readonly value: Uint8Array;
}

/** @throws {GridError} `not-a-folder` */
export function folderOf(entry: Named): Named<FolderRecord> {
  if (entry.record.kind === 'folder') return entry as Named<FolderRecord>;
  throw new GridError('not-a-folder', `${entry.path} is a file.`);
}

/** @throws {GridError} `not-a-file` */
export function fileOf(entry: Named): Named<FileRecord> {
  if (entry.record.kind === 'file') return entry as Named<FileRecord>;
  throw new GridError('not-a-file', `${entry.path} is a folder.`);
}

/** Of an entry that is in a folder. */
export function nameOf({ path }: Named): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function keyOf(folderId: string, name: string): string {
  return `${PREFIX}${folderId}/${encodeName(name)}`;
}

function rootRecord(): FolderRecord {
  return { kind: 'folder', id: ROOT_ID, owner: 'owner', at: 0 };
}

function encodeMove(move: Move): Uint8Array {
  const { value, ...keys } = move;
  const head = new TextEncoder().encode(JSON.stringify(keys));
  const bytes = new Uint8Array(2 + head.length + value.length);
  new DataView(bytes.buffer).setUint16(0, head.length);
  bytes.set(head, 2);
  bytes.set(value, 2 + head.length);
  return bytes;
}

function decodeMove(bytes: Uint8Array): Move {
  const end = 2 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(0);
  const keys = JSON.parse(new TextDecoder().decode(bytes.subarray(2, end))) as Omit<Move, 'value'>;
  return { ...keys, value: bytes.slice(end) };
}

function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
