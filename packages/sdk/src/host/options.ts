import type { SchedulingLimits } from '@manytabs/kernel';
import type { CollectedBlobs, Journal, KeyValue, Lane, Timers } from '@manytabs/protocol';
import type { Access } from '../access/access.ts';
import type { Grant } from '../access/grant.ts';
import type { Commit } from './commit-line.ts';

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
  /** The partition of the journal for what volunteers are known for, if it is not this coordinator's alone. */
  readonly standings?: string | undefined;
  /** 16 bytes, the same over restarts: leases given out before one are known after it. */
  readonly leaseKey?: Uint8Array | undefined;
  /** Volunteers of one network (/24, /48) have one vote on a task of a tier; true unless said. */
  readonly isOneVotePerNetwork?: boolean | undefined;
  /** 32 bytes, the same over restarts: signs what volunteers are told. */
  readonly gridKey?: Uint8Array | undefined;
  readonly blobs: CollectedBlobs;
  /** Shards that nothing needs are kept for so long. Default: ten minutes. */
  readonly unusedMs?: number | undefined;
  /** Names of files, and what submitters share; without one files are forgotten and nothing is shared. */
  readonly keyValue?: KeyValue | undefined;
  /** Claimed for `epoch`. */
  readonly journal: Journal;
  /** ms since the epoch; may jump, the host never lets it run backwards. */
  readonly clock: () => number;
  /** Those of the system unless said. */
  readonly timers?: Timers | undefined;
  /** What a token allows; throws, or gives undefined, for one that allows nothing. */
  readonly authorise: (token: string) => Grant | undefined;
  /** Numbers of the machine that are not the usual ones. */
  readonly limits?: Partial<SchedulingLimits> | undefined;
  /** A running job's events are folded when there are so many more. Default: 20,000. */
  readonly runningRecords?: number | undefined;
  /** A job is cut for several servers where each part has so many tasks. */
  readonly partTasksMin?: number | undefined;
  /** Hears of every commit and frame, for metrics. */
  readonly observer?: HostObserver | undefined;
  /** Tokens that can be made and revoked, and the audit log. Without it there are only those `authorise` knows. */
  readonly access?: Access | undefined;
  /** Donating takes a token too. */
  readonly isPrivate?: boolean | undefined;
  /** Another coordinator took over: this one has stopped. */
  readonly onFenced?: (() => void) | undefined;
  readonly note: (level: 'info' | 'warn' | 'error', text: string, details?: object) => void;
}
