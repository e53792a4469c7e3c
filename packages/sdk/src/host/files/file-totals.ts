import { type FilesUsage, GridError, type NodeView } from '@manytabs/protocol';
import type { Grant } from '../../access/grant.ts';
import type { FileRecord } from './file-record.ts';

interface OwnerTotals {
  files: number;
  bytes: number;
}

/** How much is stored, in all and by owner. */
export class FileTotals {
  readonly #owners = new Map<string, OwnerTotals>();
  folders = 0;
  #origin = 0;

  get files(): number {
    return this.#sum('files');
  }

  get bytes(): number {
    return this.#sum('bytes');
  }

  add(record: FileRecord): void {
    this.#count(record, 1);
  }

  remove(record: FileRecord): void {
    this.#count(record, -1);
  }

  addFolder(): void {
    this.folders++;
  }

  removeFolder(): void {
    this.folders--;
  }

  /** @throws {GridError} `quota-exceeded` */
  checkQuota({ owner, quota }: Grant, bytes: number, files: number): void {
    const most = { files: quota?.files ?? Infinity, stored: quota?.stored ?? Infinity };
    const own = this.#owners.get(owner) ?? { files: 0, bytes: 0 };
    if (own.bytes + bytes <= most.stored && own.files + files <= most.files) return;
    const used = `${own.files} files of ${most.files}, ${own.bytes} bytes of ${most.stored}`;
    throw new GridError('quota-exceeded', `This token stores ${used}.`);
  }

  usage(grant: Grant, nodes: readonly NodeView[]): FilesUsage {
    const isAdmin = grant.scope === 'admin';
    const owners = [...this.#owners].map(([owner, totals]) => ({ owner, ...totals }));
    return {
      files: this.files,
      folders: this.folders,
      bytes: this.bytes,
      storedOnTabs: nodes.reduce((sum, { shardBytes }) => sum + shardBytes, 0),
      storedAtOrigin: this.#origin,
      tabs: nodes.length,
      owners: isAdmin ? owners : owners.filter(({ owner }) => owner === grant.owner),
      quota: quotaOf(grant),
    };
  }

  #count(record: FileRecord, sign: 1 | -1): void {
    const { owner, bytes, durability } = record;
    const totals = this.#owners.get(owner) ?? { files: 0, bytes: 0 };
    totals.files += sign;
    totals.bytes += sign * bytes;
    if (durability === 'durable') this.#origin += sign * bytes;
    if (totals.files > 0) this.#owners.set(owner, totals);
    else this.#owners.delete(owner);
  }

  #sum(what: keyof OwnerTotals): number {
    let sum = 0;
    for (const totals of this.#owners.values()) sum += totals[what];
    return sum;
  }
}

function quotaOf({ quota }: Grant): FilesUsage['quota'] {
  if (quota?.files === undefined && quota?.stored === undefined) return null;
  return { files: quota.files ?? null, bytes: quota.stored ?? null };
}
