import type {
  Check,
  ErrorCode,
  InputChunk,
  JobId,
  JobSpec,
  JobState,
  Quorum,
  ShardRef,
  Tier,
} from '@manytabs/protocol';
import { type Share, weightOf } from '../scheduling/fair-share.ts';
import { groupingOf } from '../validation/cluster.ts';
import { coherent } from '../validation/quorum.ts';
import type { Grouping } from '../validation/tally.ts';
import { TIERS, type TierRule } from '../validation/tiers.ts';
import { Checkpoints } from './checkpoints.ts';
import { ChunkList } from './chunk-list.ts';
import type { Escrow } from './escrow.ts';
import { JobNotes } from './job-notes.ts';
import type { Lease } from './lease-table.ts';
import { PageTable } from './page-table.ts';
import { Progress } from './progress.ts';
import { SAMPLES } from './samples.ts';
import type { Phase, Span } from './span.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Whether it is a part of a job that has another id. */
export function isSibling({ part }: JobSpec): boolean {
  return part !== undefined && part.at > 0;
}

/** The first task and the end of what a job has to compute, of so many tasks. */
export function windowOf({ part }: JobSpec, total: number): [first: number, end: number] {
  return part ? [part.bounds[part.at] ?? 0, part.bounds[part.at + 1] ?? total] : [0, total];
}

/** A job that has not ended. Tasks from `cursor` on were never handed out and have no state. */
export class Job implements Share {
  readonly id: JobId;
  readonly owner: string;
  readonly spec: JobSpec;
  readonly quorum: Quorum;
  /** Where credibility decides and not the quorum. */
  readonly tier: Tier | undefined;
  readonly rule: TierRule | undefined;
  /** Volunteers check each other's results by this, where the job's module can. */
  readonly check: Check | undefined;
  /** Only results of the same engine are compared. */
  readonly isByEngine: boolean;
  readonly submittedAt: number;
  readonly chunks: ChunkList | undefined;
  readonly pages: PageTable;
  readonly leases = new Set<Lease>();
  /** Spans that lack a copy: after a loss or without a consensus, and those that wait for their first votes. */
  readonly urgent = new Set<Span>();
  readonly replicas = new Set<Span>();
  /** Spans that wait for somebody whose word counts more. */
  readonly reserved = new Set<Span>();
  /** Single results that wait for audits: all windows, and those that take in more, by volunteer. */
  readonly escrows = new Set<Escrow>();
  readonly windows = new Map<Identity, Escrow>();
  /** Spans that are believed and not final yet, in order. */
  readonly cooling = new Set<Span>();
  /** Wrong results to be expected among the single ones that were believed. */
  risk = 0;
  readonly told = new Set<Volunteer>();
  readonly refusals = new Map<Identity, Refusal>();
  /** Whether inputs name files of the grid. */
  hasNear = false;
  /** Shards of input files in the bundles given out: all, those that were there already, and by chance alone. */
  readonly locality = { shards: 0, local: 0, byChance: 0 };
  readonly counts: Record<Phase | 'final' | 'failed', number> = {
    waiting: 0,
    running: 0,
    provisional: 0,
    final: 0,
    failed: 0,
  };
  readonly notes = new JobNotes();
  readonly checkpoints = new Checkpoints();
  readonly progress: Progress;
  readonly weight: number;
  pass = 0;
  isReady = false;
  state: JobState = 'running';
  reason = '';
  /** The first task and the end; a part of a job has those between. */
  readonly first: number;
  end: number;
  isOpen: boolean;
  cursor: number;
  /** Tasks in the two queues. */
  queuedTasks = 0;
  /** Bytes of final results. */
  rowBytes = 0;
  /** Bytes of results that wait for votes. */
  pendingBytes = 0;
  /** Fresh tasks are held back because too many spans wait for another identity. */
  isHeldBack = false;
  /** Only the first tasks are handed out, until they were compared. */
  isSampling = false;
  /** Tasks that were compared so far, and those on which no two volunteers agree. */
  compared = 0;
  scattered = 0;
  isScatterForgiven = false;
  /** How many volunteers here have which engine, as of then. */
  engines: ReadonlyMap<string | undefined, number> = new Map();
  enginesUntil = Number.NEGATIVE_INFINITY;
  enginesEvidence = -1;
  /** Tasks that crashed alone. */
  crashers = 0;
  /** Results that somebody called right who was asked. */
  passed = 0;
  /** From when on newcomers are believed where nobody else is left to ask. */
  newcomersFrom: number | undefined;
  /** What was known when the waiting spans were judged last. */
  judgedEvidence = -1;
  /** How many of the waiting spans were judged in this round. */
  judgedSpans = 0;
  judgedAt = Number.NEGATIVE_INFINITY;
  /** Who may anchor a result, as of then. */
  anchors: readonly Volunteer[] = [];
  anchorAt = 3;
  anchorsUntil = Number.NEGATIVE_INFINITY;
  anchorsEvidence = -1;
  assignedTasks = 0;
  speculatedTasks = 0;
  msPerTask: number | undefined;
  provenTasks = 1;
  busyMs = 0;
  /** As far as the journal knows. */
  busyMsKept = 0;
  /** Spans that rest after a failure. */
  resting = 0;
  /** Managed by Deadlines. */
  bucket = Number.NaN;

  constructor(id: JobId, submission: { owner: string; spec: JobSpec; at: number }) {
    const { inputs } = submission.spec;
    this.id = id;
    this.owner = submission.owner;
    this.spec = submission.spec;
    this.quorum = coherent(submission.spec.quorum);
    this.tier = submission.spec.tier;
    this.rule = this.tier && TIERS[this.tier];
    this.check = this.tier && submission.spec.program.check;
    const isCompared = this.tier !== undefined || this.quorum.targetResults > 1;
    this.isByEngine = isCompared && submission.spec.program.determinism === 'class';
    this.submittedAt = submission.at;
    this.progress = new Progress(submission.at);
    this.weight = weightOf(submission.spec.priority);
    this.chunks = inputs.kind === 'list' ? new ChunkList(inputs.chunks) : undefined;
    const total = inputs.kind === 'list' ? (this.chunks?.total ?? 0) : inputs.to - inputs.from;
    [this.first, this.end] = windowOf(submission.spec, total);
    this.cursor = this.first;
    this.pages = new PageTable(this.first);
    this.isOpen = inputs.kind === 'list' && inputs.open;
    this.isSampling = this.tier !== undefined;
  }

  /** Which results count as equal, for one look at some. */
  get grouping(): Grouping {
    return groupingOf(this.spec.compare);
  }

  get total(): number {
    return this.end - this.first;
  }

  get decided(): number {
    return this.counts.final + this.counts.failed;
  }

  /** Fresh tasks may be handed out up to here. */
  get freshEnd(): number {
    return this.isSampling ? Math.min(this.first + SAMPLES, this.end) : this.end;
  }

  get hasFresh(): boolean {
    return this.cursor < this.freshEnd && !this.isHeldBack;
  }

  get freshTasks(): number {
    return this.end - this.cursor;
  }

  /** Tasks still to be handed out. */
  get remainingTasks(): number {
    return this.freshTasks + this.queuedTasks;
  }

  get isComplete(): boolean {
    return !this.isOpen && this.decided === this.total;
  }

  /** Every shard of the program once, though files may share some. */
  programShards(): Iterable<ShardRef> {
    const { module, files } = this.spec.program;
    const shards = new Map<string, ShardRef>([[module.code.shard, module.code]]);
    for (const file of files) for (const shard of file.shards) shards.set(shard.shard, shard);
    return shards.values();
  }

  extend(chunk: InputChunk): void {
    this.chunks?.add(chunk);
    this.end += chunk.count;
  }
}
