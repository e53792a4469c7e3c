import {
  checkPath,
  type FileCheck,
  type FileManifest,
  type FileOp,
  type FileProblem,
  type FileStat,
  type FilesUsage,
  GridError,
  type KeyValue,
  LIMITS,
  merkleRoot,
  type SessionId,
  type ShardId,
} from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import { sha256 } from '../../identity/crypto.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { CodedShards } from './coded-shards.ts';
import { type FileRecord, type FolderRecord, layoutOf } from './file-record.ts';
import { FileShards } from './file-shards.ts';
import { FileTotals } from './file-totals.ts';
import { healthOf } from './health.ts';
import { JobOutputs } from './job-outputs.ts';
import { entryOf, listNames } from './listing.ts';
import { fileOf, folderOf, type Named, NameTree, nameOf } from './name-tree.ts';
import { Scrubber } from './scrubber.ts';
import { Shelf } from './shelf.ts';
import { sameBytes } from './staging.ts';
import type { Upload } from './upload.ts';
import { Uploads } from './uploads.ts';
import { writeName } from './write-name.ts';

type Op<Name extends FileOp['op']> = Extract<FileOp, { op: Name }>;

const PROBLEMS_MAX = 1_000;
const COMMITS_REMEMBERED_MAX = 1_000;
const IDS_PER_ANSWER = 32_768;

/** The grid's file system: names, uploads, and what is asked of both. */
export class FileService {
  readonly shelf: Shelf;
  readonly scrubber: Scrubber;
  /** What tasks write. */
  readonly outputs: JobOutputs;
  readonly #host: CoordinatorHost;
  readonly #tree: NameTree;
  readonly #shards: FileShards;
  readonly #uploads: Uploads;
  readonly #totals = new FileTotals();
  /** A commit whose answer was lost is answered again. */
  readonly #committed = new Map<string, FileStat>();
  /** Manifests that somebody reads, by their root. */
  readonly #opened = new Map<string, FileRecord>();
  #isWhole = true;
  #line: Promise<unknown> = Promise.resolve();

  constructor(host: CoordinatorHost, keyValue: KeyValue) {
    this.#host = host;
    this.#tree = new NameTree(keyValue);
    const coded = new CodedShards((shard) => this.shelf.source.stored(shard));
    this.shelf = new Shelf(host, (shard) => coded.rebuild(shard));
    this.#shards = new FileShards(this.shelf, coded);
    this.#uploads = new Uploads(this.shelf, () => host.now());
    this.outputs = new JobOutputs(host, this, keyValue);
    this.scrubber = new Scrubber(this.shelf, (shard) => host.machine.shards.sessionsOf(shard));
  }

  /** Every file is known, with all its shards. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get totals(): FileTotals {
    return this.#totals;
  }

  /** Before anybody is listened to: a shard that no file claims would be dropped by those who report it. */
  async recover(): Promise<void> {
    await this.#tree.recover();
    const known = new Set<string>([NameTree.rootId]);
    const seen = new Set<string>();
    for await (const { folderId, record, version } of this.#tree.all()) {
      seen.add(folderId);
      if (record.kind === 'folder') {
        known.add(record.id);
        this.#totals.addFolder();
      } else await this.#adopt(record, version);
    }
    const orphans = new Set([...seen].filter((id) => !known.has(id)));
    if (orphans.size > 0) await this.#collectOrphans(orphans);
  }

  async #adopt(record: FileRecord, version: number): Promise<void> {
    this.#totals.add(record);
    if (record.inline) return;
    await this.#shards.adopt(record, `v${version}`).catch((thrown: unknown) => {
      this.#isWhole = false;
      this.#host.options.note('error', `a file cannot be read: ${String(thrown)}`);
    });
  }

  /** A process that died while it removed a folder left what was below it, folder by folder. */
  async #collectOrphans(orphans: Set<string>): Promise<void> {
    let found: boolean;
    do {
      found = false;
      for await (const { folderId, key, record, version } of this.#tree.all()) {
        if (!orphans.has(folderId)) continue;
        await this.#tree.removeKey(key, version);
        if (record.kind === 'file') await this.#drop(record);
        else {
          this.#totals.removeFolder();
          found ||= !orphans.has(record.id);
          orphans.add(record.id);
        }
      }
    } while (found);
  }

  async answer(op: FileOp, grant: Grant): Promise<unknown> {
    // Whoever saw a job end finds what it left.
    if ('path' in op && op.op !== 'commit' && `${op.path}/`.startsWith('/jobs/')) {
      await this.outputs.settled();
    }
    return this.carryOut(op, grant);
  }

  /** Without waiting for what tasks wrote. */
  async carryOut(op: FileOp, grant: Grant): Promise<unknown> {
    switch (op.op) {
      case 'stat':
        return this.#stat(op.path);
      case 'list':
        return listNames(this.#tree, op);
      case 'health':
        return healthOf(op.paths, this.#tree, this.#shards);
      case 'make-folder':
        return this.#inTurn(() => this.#makeFolder(op.path, grant));
      case 'remove':
        return this.#inTurn(() => this.#remove(op, grant));
      case 'move':
        return this.#inTurn(() => this.#move(op, grant));
      case 'usage':
        return this.#usage(grant);
      case 'check':
        return this.#check();
      case 'open':
        return this.#open(op.path);
      case 'pieces':
        return this.#pieces(op);
      case 'read':
        return this.#read(op);
      case 'begin':
        return this.#begin(op, grant);
      case 'known':
        return this.#known(op, grant);
      case 'put-piece':
        return this.#uploads
          .put(this.#uploads.get(op.upload, grant.owner), op.at, op.shard, op.bytes, op.tree)
          .then(() => null);
      case 'commit':
        return this.#inTurn(() => this.#commit(op, grant));
      case 'abandon':
        return this.#abandon(op, grant);
    }
  }

  onHeld(session: SessionId, added: readonly ShardId[]): void {
    for (const shard of added) this.shelf.staging.onHeld([session], shard);
  }

  onGone(session: SessionId): void {
    this.shelf.relay.onGone(session);
    this.shelf.staging.onGone(session);
  }

  close(): void {
    this.outputs.close();
    this.#uploads.close();
    this.shelf.close();
  }

  async #stat(path: string): Promise<unknown> {
    const named = await this.#tree.get(checkPath(path));
    return named.record.kind === 'file' ? this.#shards.stat(fileOf(named)) : entryOf(named);
  }

  async #makeFolder(path: string, grant: Grant): Promise<unknown> {
    const made = this.#countingFolders(() =>
      this.#tree.makeFolder(checkPath(path), grant.owner, this.#host.now()),
    );
    return entryOf(await made);
  }

  async #open(path: string): Promise<FileManifest> {
    const { record, version } = fileOf(await this.#tree.get(checkPath(path)));
    const ids = record.inline ? new Uint8Array(0) : await this.#shards.idsOf(record);
    this.#remember(record);
    return {
      path,
      bytes: record.bytes,
      version,
      contentType: record.contentType,
      shardBytes: record.shardBytes,
      root: record.root,
      code: record.code,
      pieces: layoutOf(record).pieces,
      ...(record.inline ? { inline: record.inline } : {}),
      ids: ids.slice(0, 32 * IDS_PER_ANSWER),
      ...(await this.#firstTrees(record)),
    };
  }

  /** A file whose list of roots is damaged is read shard by shard. */
  async #firstTrees(record: FileRecord): Promise<{ trees?: Uint8Array }> {
    const trees = await this.#shards.treesOf(record).catch(() => new Uint8Array(0));
    return trees.length === 0 ? {} : { trees: trees.slice(0, 32 * IDS_PER_ANSWER) };
  }

  async #pieces({ root, from, trees }: Op<'pieces'>): Promise<Uint8Array> {
    const record = this.#opened.get(root.join());
    if (!record) throw new GridError('file-changed', 'The file was not opened, or long ago.');
    const ids = await (trees ? this.#shards.treesOf(record) : this.#shards.idsOf(record));
    return ids.slice(32 * from, 32 * (from + IDS_PER_ANSWER));
  }

  async #read({ shard, from, to, tree }: Op<'read'>): Promise<Uint8Array> {
    const part = tree && (await this.shelf.source.partOf(shard, { from, to }, tree));
    if (part) return part;
    const bytes = await this.shelf.source.bytesOf(shard);
    if (!bytes) throw new GridError('file-lost', 'Nobody who is here has this part of the file.');
    return from === 0 && to >= bytes.length ? bytes : bytes.slice(from, to);
  }

  #begin(op: Op<'begin'>, grant: Grant): { upload: string; shardBytes: number } {
    this.#totals.checkQuota(grant, op.bytes ?? 0, 1);
    const { id, shardBytes } = this.#uploads.begin(grant.owner, op.redundancy, op.bytes);
    return { upload: id, shardBytes };
  }

  #known({ upload, at, shards, sizes, trees }: Op<'known'>, grant: Grant): Promise<number[]> {
    const pieces = shards.map((shard, i) => ({
      shard,
      bytes: sizes[i] ?? 0,
      tree:
        trees && trees.length === 32 * shards.length ? trees.slice(32 * i, 32 * i + 32) : undefined,
    }));
    return this.#uploads.takeKnown(this.#uploads.get(upload, grant.owner), at, pieces);
  }

  #abandon({ upload }: Op<'abandon'>, grant: Grant): null {
    this.#uploads.abandon(this.#uploads.get(upload, grant.owner));
    return null;
  }

  async #commit(op: Op<'commit'>, grant: Grant): Promise<FileStat> {
    const before = this.#committed.get(op.upload);
    if (before) return before;
    const path = checkPath(op.path);
    const upload = this.#uploads.get(op.upload, grant.owner);
    const replaced = await this.#replaceable(path, op.expected, grant);
    this.#totals.checkQuota(grant, op.bytes - (replaced?.record.bytes ?? 0), replaced ? 0 : 1);
    const record = await this.#recordOf(upload, op);
    const named = await this.#countingFolders(() =>
      writeName(this.#tree, { path, record, replaced: replaced?.version ?? 0 }, () =>
        this.#uploads.leave(upload),
      ),
    );
    this.#uploads.finish(upload, op.bytes);
    if (!record.inline) this.#shards.noteCode(record, upload.ids());
    if (record.inline) this.#uploads.release(upload);
    this.#totals.add(record);
    if (replaced) await this.#drop(replaced.record);
    const stat = await this.#shards.stat(named);
    this.#committed.set(op.upload, stat);
    if (this.#committed.size > COMMITS_REMEMBERED_MAX) forgetOldest(this.#committed);
    return stat;
  }

  async #recordOf(upload: Upload, op: Op<'commit'>): Promise<FileRecord> {
    const layout = upload.complete(op.bytes);
    const ids = upload.ids();
    const dataIds = new Uint8Array(32 * layout.dataShards);
    for (let number = 0; number < layout.dataShards; number++) {
      const at = 32 * layout.pieceOf(number);
      dataIds.set(ids.subarray(at, at + 32), 32 * number);
    }
    if (!sameBytes(merkleRoot(dataIds, sha256), op.root)) {
      throw new GridError('input-invalid', 'The root is not that of the pieces.');
    }
    const { durability, replicas, code } = upload.redundancy;
    const isInline = durability === 'durable' && (op.bytes === 0 || upload.small !== undefined);
    const inline = isInline ? (upload.small ?? new Uint8Array(0)) : null;
    return {
      kind: 'file',
      bytes: op.bytes,
      contentType: op.contentType,
      owner: upload.owner,
      at: this.#host.now(),
      durability,
      replicas,
      code: code ?? null,
      shardBytes: upload.shardBytes,
      root: op.root,
      inline,
      ...(inline ? { ids: null, pages: null } : await this.#shards.file(ids, upload.trees(layout))),
    };
  }

  /** What a write to this path takes the place of. @throws {GridError} `version-conflict`, `path-taken`, `not-yours` */
  async #replaceable(
    path: string,
    expected: number | undefined,
    grant: Grant,
  ): Promise<Named<FileRecord> | undefined> {
    const found = await this.#tree.find(path);
    checkVersion(path, found, expected);
    if (!found) return undefined;
    if (found.record.kind === 'folder') throw new GridError('path-taken', `${path} is a folder.`);
    checkOwner(found, grant);
    return fileOf(found);
  }

  async #remove({ path, recursive, expected }: Op<'remove'>, grant: Grant): Promise<unknown> {
    const named = await this.#tree.get(checkPath(path));
    checkVersion(path, named, expected);
    if (named.path === '/') throw new GridError('path-invalid', 'The root folder stays.');
    checkOwner(named, grant);
    if (named.record.kind === 'folder')
      return this.#removeFolder(folderOf(named), recursive, grant);
    await this.#tree.remove(named);
    await this.#drop(named.record);
    return { removed: 1, bytes: named.record.bytes };
  }

  /** The folder's name goes first, and all that is below it at once; what it held is collected then. */
  async #removeFolder(folder: Named<FolderRecord>, recursive: boolean, grant: Grant) {
    const [first] = await this.#tree.children(folder, undefined, 1);
    if (first && !recursive) {
      throw new GridError('folder-not-empty', `${folder.path} is not empty.`);
    }
    if (first) await this.#checkOwners(folder, grant);
    await this.#tree.remove(folder);
    this.#totals.removeFolder();
    return this.#collect(folder);
  }

  async #checkOwners(folder: Named<FolderRecord>, grant: Grant): Promise<void> {
    if (grant.scope === 'admin') return;
    for await (const child of this.#below(folder)) checkOwner(child, grant);
  }

  async #collect(folder: Named<FolderRecord>): Promise<{ removed: number; bytes: number }> {
    let removed = 1;
    let bytes = 0;
    for await (const child of this.#below(folder)) {
      await this.#tree.remove(child);
      removed++;
      if (child.record.kind === 'folder') this.#totals.removeFolder();
      else {
        bytes += child.record.bytes;
        await this.#drop(child.record);
      }
    }
    return { removed, bytes };
  }

  async *#below(folder: Named<FolderRecord>): AsyncGenerator<Named> {
    let after: string | undefined;
    for (;;) {
      const children = await this.#tree.children(folder, after);
      if (children.length === 0) return;
      for (const child of children) {
        if (child.record.kind === 'folder') yield* this.#below(folderOf(child));
        yield child;
        after = nameOf(child);
      }
    }
  }

  async #move(op: Op<'move'>, grant: Grant): Promise<unknown> {
    const from = await this.#tree.get(checkPath(op.from));
    checkVersion(op.from, from, op.expected);
    checkOwner(from, grant);
    const to = checkPath(op.to);
    if (from.path === '/' || `${to}/`.startsWith(`${from.path}/`)) {
      throw new GridError('path-invalid', `${op.from} cannot be moved to ${op.to}.`);
    }
    const there = await this.#tree.find(to);
    if (there && !op.replace) throw new GridError('path-taken', `${to} is there already.`);
    const isFile = from.record.kind === 'file';
    if (there && !(isFile && there.record.kind === 'file')) {
      throw new GridError(
        'path-taken',
        `${to} is there already, and is a folder or would become one.`,
      );
    }
    if (there) checkOwner(there, grant);
    const moved = await this.#countingFolders(() =>
      this.#tree.move(from, to, there?.version ?? 0, grant.owner, this.#host.now()),
    );
    if (there?.record.kind === 'file') await this.#drop(there.record);
    return entryOf(moved);
  }

  #usage(grant: Grant): FilesUsage {
    return this.#totals.usage(grant, this.#host.machine.nodes());
  }

  async #check(): Promise<FileCheck> {
    const health = { full: 0, degraded: 0, lost: 0 };
    const problems: FileProblem[] = [];
    let shards = 0;
    for await (const named of this.#below(folderOf(await this.#tree.get('/')))) {
      const { record, path } = named;
      if (record.kind === 'folder') continue;
      const standing = await this.#shards.standing(record);
      health[standing.health]++;
      shards += layoutOf(record).pieces;
      if (standing.health !== 'full' && problems.length < PROBLEMS_MAX) {
        problems.push(problemOf(path, standing));
      }
    }
    const machine = this.#host.machine.shards;
    const { short, inFlight } = machine.counts();
    const { files, folders, bytes } = this.#totals;
    const { scrubbed } = this.scrubber;
    const offenders = machine.offenders();
    return {
      ...{ files, folders, bytes, shards, health, short, underWay: inFlight, scrubbed, offenders },
      corrupt: offenders.reduce((sum, { corrupt }) => sum + corrupt, 0),
      repaired: machine.repairs,
      unreferenced: this.#host.collector.idle,
      problems,
    };
  }

  async #drop(record: FileRecord): Promise<void> {
    this.#totals.remove(record);
    await this.#shards.release(record);
  }

  /** Folders that come into being on the way to a name are counted. */
  async #countingFolders<T>(write: () => Promise<T>): Promise<T> {
    const before = this.#tree.foldersMade;
    try {
      return await write();
    } finally {
      this.#totals.folders += this.#tree.foldersMade - before;
    }
  }

  #remember(record: FileRecord): void {
    const key = record.root.join();
    this.#opened.delete(key);
    this.#opened.set(key, record);
    if (this.#opened.size > LIMITS.FILE_LIST_MAX) forgetOldest(this.#opened);
  }

  /** Changes of names one after the other, so that each sees what it replaces. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => {});
    return done;
  }
}

function checkVersion(path: string, found: Named | undefined, expected: number | undefined): void {
  if (expected === undefined || (found?.version ?? 0) === expected) return;
  const has = found ? `has version ${found.version}` : 'is not there';
  throw new GridError('version-conflict', `${path} ${has}, not ${expected}.`);
}

function checkOwner({ path, record }: Named, grant: Grant): void {
  if (grant.scope === 'admin' || record.owner === grant.owner) return;
  throw new GridError('not-yours', `${path} belongs to ${record.owner}.`);
}

function problemOf(
  path: string,
  { health, missing, absent }: { health: string; missing: number; absent: number },
): FileProblem {
  if (health === 'lost') {
    return { path, code: 'file-lost', message: `${absent} shards are with nobody who is here.` };
  }
  return { path, code: 'too-few-volunteers', message: `${missing} shards are short of copies.` };
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) return void map.delete(key);
}
