import type { ErrorCode } from '../errors.ts';
import type { ShardId, VolunteerId } from '../ids.ts';
import type { CodeScheme, Durability } from '../messages/files.ts';

// What the file system shows of itself; plain data.

/** `degraded`: whole, with fewer copies than it should have. `lost`: not to be read until a holder returns. */
export type FileHealth = 'full' | 'degraded' | 'lost';

export interface FileEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
  /** Grows with every write in the grid, so no two writes share one. */
  readonly version: number;
  readonly contentType: string;
  readonly durability: Durability;
  readonly owner: string;
  /** ms since the epoch. */
  readonly modifiedAt: number;
}

export interface FileStat extends FileEntry {
  /** Hex of the Merkle root over the ids of the data shards. */
  readonly root: string;
  readonly shards: number;
  /**
   * Copies that each piece should have on distinct volunteers, and the fewest that one has; `advised`: with which a piece
   * would be lost once in a million repairs, by how long volunteers stay here.
   */
  readonly replicas: { readonly target: number; readonly least: number; readonly advised: number };
  readonly code: CodeScheme | null;
  readonly health: FileHealth;
  /** Pieces with fewer copies than they should have, and those with none. */
  readonly missing: number;
  readonly absent: number;
  /** Whether the coordinator keeps a copy of its own. */
  readonly origin: boolean;
  readonly holders: readonly VolunteerId[];
}

export interface FileList {
  readonly entries: readonly FileEntry[];
  /** Where to go on, if there may be more. */
  readonly next?: string | undefined;
}

export interface FileManifest {
  readonly path: string;
  readonly bytes: number;
  readonly version: number;
  readonly contentType: string;
  readonly shardBytes: number;
  readonly root: Uint8Array;
  readonly code: CodeScheme | null;
  /** Pieces in all; those of a stripe follow one another, data first. */
  readonly pieces: number;
  /** The content itself, where it is so small that the names keep it. */
  readonly inline?: Uint8Array | undefined;
  /** The first ids, 32 bytes each. */
  readonly ids: Uint8Array;
  /** Of the first data shards, the roots over their leaves, 32 bytes each; none where parts cannot be proven. */
  readonly trees?: Uint8Array | undefined;
}

export interface FilesUsage {
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** On volunteers, all copies counted, and at the coordinator. */
  readonly storedOnTabs: number;
  readonly storedAtOrigin: number;
  readonly tabs: number;
  readonly owners: readonly {
    readonly owner: string;
    readonly files: number;
    readonly bytes: number;
  }[];
  /** Null: as many as there is room for. */
  readonly quota: { readonly files: number | null; readonly bytes: number | null } | null;
}

export interface FileProblem {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface FileCheck {
  readonly files: number;
  readonly folders: number;
  readonly shards: number;
  readonly bytes: number;
  readonly health: { readonly full: number; readonly degraded: number; readonly lost: number };
  /** Pieces short of copies now, and copies that are being made. */
  readonly short: number;
  readonly underWay: number;
  /** Copies that were asked to prove themselves since the start, and those that could not. */
  readonly scrubbed: number;
  readonly corrupt: number;
  readonly repaired: number;
  /** Shards at the coordinator that no file and no job needs; they are being removed. */
  readonly unreferenced: number;
  readonly offenders: readonly { readonly volunteer: VolunteerId; readonly corrupt: number }[];
  readonly problems: readonly FileProblem[];
}

export interface PieceRef {
  readonly shard: ShardId;
  readonly bytes: number;
}
