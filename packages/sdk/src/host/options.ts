import type { Blobs, Journal } from '@manytabs/protocol';

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
  /** 16 bytes, the same over restarts: leases given out before one are known after it. */
  readonly leaseKey?: Uint8Array | undefined;
  readonly blobs: Blobs;
  /** Claimed for `epoch`. */
  readonly journal: Journal;
  /** ms since the epoch; may jump, the host never lets it run backwards. */
  readonly clock: () => number;
  readonly authorise: (token: string) => Grant | undefined;
  /** Another coordinator took over: this one has stopped. */
  readonly onFenced?: (() => void) | undefined;
  readonly note: (level: 'info' | 'warn' | 'error', text: string, details?: object) => void;
}
