import type { Blobs } from '@manytabs/protocol';
import type { RowStore } from './row-store.ts';

export type Scope = 'admin' | 'submit' | 'volunteer';

/** What a token allows, and in whose name. */
export interface Grant {
  readonly scope: Scope;
  readonly owner: string;
}

export interface HostOptions {
  readonly grid: string;
  readonly version: string;
  readonly epoch: number;
  readonly seed: number;
  readonly blobs: Blobs;
  readonly rows: RowStore;
  /** ms since the epoch; may jump, the host never lets it run backwards. */
  readonly clock: () => number;
  readonly authorise: (token: string) => Grant | undefined;
  readonly note: (level: 'info' | 'warn' | 'error', text: string, details?: object) => void;
}
