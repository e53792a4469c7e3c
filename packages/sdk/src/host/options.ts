import type { Blobs, Journal, Lane } from '@manytabs/protocol';
import type { Commit } from './commit-line.ts';

export type Scope = 'admin' | 'submit' | 'volunteer';

/** What a token allows, and in whose name. */
export interface Grant {
  readonly scope: Scope;
  readonly owner: string;
}

export interface HostObserver {
  onCommitted(commit: Commit): void;
  onStalled(): void;
  onFrame(direction: 'in' | 'out', lane: Lane, bytes: number): void;
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
  /** Hears of every commit and frame, for metrics. */
  readonly observer?: HostObserver | undefined;
  /** Another coordinator took over: this one has stopped. */
  readonly onFenced?: (() => void) | undefined;
  readonly note: (level: 'info' | 'warn' | 'error', text: string, details?: object) => void;
}
