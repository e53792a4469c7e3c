import {
  type AttemptsPage,
  assert,
  type Belief,
  type Disagreement,
  type ErrorRecord,
  type Explanation,
  type JobId,
  type JobSpec,
  type JobView,
  type LeaseId,
  LIMITS,
  type LogRow,
  type NodeView,
  type QuarantineView,
  type SessionId,
  type ShardId,
  type StoryRow,
  type TaskCounts,
  type TaskSource,
  unreachable,
} from '@manytabs/protocol';
import type { ShardMap } from '../shards/shard-map.ts';
import { endOverdue, wakeRested } from './allowance.ts';
import { underWay } from './attempts.ts';
import { settleAudited } from './belief.ts';
import { beliefOf, quarantinedOf } from './belief-view.ts';
import { checkGrid } from './check.ts';
import { fill, offer } from './dispatch.ts';
import type { CoordinatorEffect, ReplayedRecord, StandingRecord } from './effect.ts';
import type { CoordinatorEvent } from './event.ts';
import { failGaps } from './gaps.ts';
import { Grid, type GridOptions } from './grid.ts';
import { isSibling } from './job.ts';
import {
  endCompleted,
  onControlled,
  onExtended,
  onSubmitted,
  refusalOfControl,
  refusalOfExtension,
  refusalOfSubmission,
  shardsOf,
} from './jobs.ts';
import { onMessage } from './messages.ts';
import { leave, onDue, onJoined } from './presence.ts';
import { quarantineLiars } from './quarantine.ts';
import { nextReassessmentAt, reassess } from './reassess.ts';
import { Replay, settleReplayed } from './replay.ts';
import { nextScrubAt, orderReplicas, scrub } from './replicas.ts';
import { standingsOf } from './standings.ts';
import { nextReviewAt, review } from './stragglers.ts';
import { isOfJob, taskSourceOf } from './task-source.ts';
import { countTasks, explainJob, viewJob, viewNode } from './views.ts';
import type { Volunteer } from './volunteer-table.ts';

const STATES = ['total', 'waiting', 'running', 'provisional', 'final', 'failed'] as const;

/**
 * The coordinator machine: it decides who computes what, what is believed and what is kept, and does nothing else.
 * Numbered invariants, which `check` asserts:
 *
 * 1. Every task of a job is untouched (from the cursor on), in exactly one span, or decided; decided is for good.
 * 2. No identity has two copies of a task: a vote and a live lease, or two of either.
 * 3. A live lease covers as many tasks of open spans as it says remain; its volunteer and its job know it.
 * 4. A span is queued exactly when it lacks a copy, in one queue of its job.
 * 5. The counts of tasks, votes, bytes, workers and takers are what counting again gives.
 * 6. Only volunteers that take work are in the waiting sets, none of them with a worker to spare while fresh tasks are
 *    ready for it.
 * 7. A job is in the queue for workers exactly when it runs and has something to hand out.
 * 8. A single result that waits for an audit is in one window, that of its volunteer.
 */
export class Coordinator {
  readonly #grid: Grid;
  /** Until the first step. */
  #replay: Replay | undefined;

  constructor(options: GridOptions) {
    this.#grid = new Grid(options);
    this.#replay = new Replay(this.#grid);
  }

  /**
   * Takes in a fact of an earlier life, before the first step: those of one job after those of another, each job's in the
   * order of its journal. Nothing is said and nothing handed out; what follows from the facts is said in the first step.
   */
  replay(record: ReplayedRecord): void {
    assert(this.#replay, 'facts are replayed before the first step');
    this.#replay.take(record);
  }

  /**
   * Takes over a job of another coordinator, which writes no more: all its facts at once, in the order of its journal.
   * What follows from them is said in the next step.
   */
  adopt(records: Iterable<ReplayedRecord>): void {
    const grid = this.#grid;
    const { now } = grid;
    const replay = new Replay(grid);
    for (const record of records) replay.take(record);
    grid.now = now;
    grid.hasNewWork = true;
    // Some of those who are here may be known for worse than before.
    for (const volunteer of grid.volunteers.all()) grid.recount(volunteer);
  }

  /** The only way in. The effects are to be carried out in order. */
  step(event: CoordinatorEvent): CoordinatorEffect[] {
    const grid = this.#grid;
    this.#replay = undefined;
    grid.now = Math.max(grid.now, event.at);
    grid.cause = event.type;
    const active = this.#take(event);
    for (const volunteer of grid.deadlines.take(grid.now)) onDue(grid, volunteer);
    wakeRested(grid);
    reassess(grid);
    quarantineLiars(grid);
    settleReplayed(grid);
    settleAudited(grid);
    endCompleted(grid);
    endOverdue(grid);
    grid.out.flushRevoked();
    if (active) fill(grid, active);
    for (const volunteer of grid.freed) fill(grid, volunteer);
    grid.freed.clear();
    offer(grid);
    review(grid);
    orderReplicas(grid);
    scrub(grid);
    return grid.out.take();
  }

  /** When a tick is needed if nothing else happens. */
  wakeAt(): number | undefined {
    const grid = this.#grid;
    if (grid.touched.size > 0 || grid.unsettled.size > 0) return grid.now;
    const { deadlines, jobDeadlines, resting } = grid;
    const dues = [deadlines.nextAt, jobDeadlines.nextAt, resting.nextAt];
    const looks = [nextReviewAt(grid), nextReassessmentAt(grid), nextScrubAt(grid)];
    const times = [...dues, ...looks, grid.shards.wakeAt()];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Asserts the numbered invariants by walking everything: for tests and the simulator. */
  check(): void {
    checkGrid(this.#grid);
  }

  /** Why `step` would ignore this order of a submitter, for an answer to it; undefined if it would be taken. */
  refusal(event: CoordinatorEvent): ErrorRecord | undefined {
    if (event.type === 'job-submitted') return refusalOfSubmission(this.#grid, event);
    if (event.type === 'job-extended') return refusalOfExtension(this.#grid, event);
    return event.type === 'job-controlled' ? refusalOfControl(this.#grid, event) : undefined;
  }

  jobs(): JobView[] {
    const running = [...this.#grid.jobs.values()].map((job) => viewJob(this.#grid, job));
    return [...this.#grid.ended.views(), ...running];
  }

  jobIds(): JobId[] {
    return [...this.#grid.ended.ids(), ...this.#grid.jobs.keys()];
  }

  job(id: JobId): JobView | undefined {
    const job = this.#grid.jobs.get(id);
    return job ? viewJob(this.#grid, job) : this.#grid.ended.get(id)?.view;
  }

  spec(id: JobId): JobSpec | undefined {
    return this.#grid.jobs.get(id)?.spec ?? this.#grid.ended.get(id)?.spec;
  }

  nodes(): NodeView[] {
    return [...this.#grid.volunteers.all()].map((volunteer) => viewNode(this.#grid, volunteer));
  }

  explain(id: JobId): Explanation | undefined {
    const job = this.#grid.jobs.get(id);
    if (job) return explainJob(this.#grid, job);
    const view = this.#grid.ended.get(id)?.view;
    if (!view) return undefined;
    const why = view.reason === '' ? '' : `: ${view.reason}`;
    return { state: view.state, sentences: [`It has ended${why}.`] };
  }

  /** What happened to a task, oldest first, as far as it is remembered. */
  story(id: JobId, index: number): readonly StoryRow[] {
    const job = this.#grid.jobs.get(id);
    return job ? job.notes.story.of(index) : this.#grid.ended.story(id, index);
  }

  /** Who had which tasks of it when: as many as one answer holds, from the place `after` on. */
  attempts(id: JobId, after: number): AttemptsPage {
    const page = this.#grid.attempts.page(id, after);
    if (!page.isLast) return page;
    const leases = [...(this.#grid.jobs.get(id)?.leases ?? [])];
    return { ...page, underWay: leases.slice(0, LIMITS.ATTEMPTS_PER_ANSWER_MAX).map(underWay) };
  }

  disagreements(id: JobId): readonly Disagreement[] {
    const job = this.#grid.jobs.get(id);
    return job ? job.notes.disagreements.toArray() : this.#grid.ended.disagreements(id);
  }

  /** Why the result of a task is believed, or not yet. */
  belief(id: JobId, index: number): Belief | undefined {
    return beliefOf(this.#grid, id, index);
  }

  /** What it takes to run a task again, as far as it is known. */
  taskSource(id: JobId, index: number): TaskSource | undefined {
    return taskSourceOf(this.#grid, id, index);
  }

  /** Whether the shard is of the job's program or inputs. */
  isOfJob(id: JobId, shard: ShardId): boolean {
    return isOfJob(this.#grid, id, shard);
  }

  /** Who is shut out, and for what. */
  quarantined(): QuarantineView[] {
    return quarantinedOf(this.#grid);
  }

  /** What volunteers are known for, as records that say all of it. */
  standings(): StandingRecord[] {
    return standingsOf(this.#grid);
  }

  logs(id: JobId): readonly LogRow[] {
    const job = this.#grid.jobs.get(id);
    return job ? job.notes.logs.toArray() : this.#grid.ended.logs(id);
  }

  /** The jobs of this owner that have not ended; one that was cut is where its first part is. */
  liveJobs(owner: string): JobId[] {
    const ids: JobId[] = [];
    for (const job of this.#grid.jobs.values()) {
      if (job.owner === owner && !isSibling(job.spec)) ids.push(job.id);
    }
    return ids;
  }

  /** Who holds which shard; to be read, never to be changed. */
  get shards(): Pick<
    ShardMap,
    | 'standing'
    | 'view'
    | 'sessionsOf'
    | 'identities'
    | 'counts'
    | 'offenders'
    | 'isWanted'
    | 'advisedCopies'
    | 'repairs'
  > {
    return this.#grid.shards;
  }

  /** `jobs` have not ended; `running` and `final` count tasks, the latter since the start. */
  totals(): { volunteers: number; workers: number; jobs: number; running: number; final: number } {
    const grid = this.#grid;
    return {
      volunteers: grid.volunteers.size,
      workers: grid.workersTotal,
      jobs: grid.jobs.size - grid.siblings,
      running: grid.runningTotal,
      final: grid.finalTotal,
    };
  }

  /** Tasks of the jobs that have not ended, by state. */
  tasks(): TaskCounts {
    const sum = { total: 0, waiting: 0, running: 0, provisional: 0, final: 0, failed: 0 };
    for (const job of this.#grid.jobs.values()) {
      const counts = countTasks(job);
      for (const state of STATES) sum[state] += counts[state];
    }
    return sum;
  }

  /** Whether a job that runs here needs the shard. */
  wantsShard(shard: ShardId): boolean {
    return this.#grid.inlineShards.has(shard) || this.#grid.shards.isWanted(shard);
  }

  /** The job of a lease that this volunteer holds. */
  jobOfLease(session: SessionId, lease: LeaseId): JobId | undefined {
    const volunteer = this.#grid.volunteers.at(session);
    return volunteer && this.#grid.leases.find(lease, volunteer)?.job.id;
  }

  /** How long a task of the job takes, by what all who computed some have said; undefined before, and when it has ended. */
  taskMs(id: JobId): number | undefined {
    return this.#grid.jobs.get(id)?.msPerTask;
  }

  /** All that jobs are made of that run, or whose failed tasks may be retried; a shard may come up twice. */
  *neededShards(): Generator<ShardId> {
    for (const job of this.#grid.jobs.values()) yield* shardsOf(job);
    yield* this.#grid.ended.shards();
  }

  /** Whether the volunteer holds a lease. */
  isBusy(session: SessionId): boolean {
    return (this.#grid.volunteers.at(session)?.leases.length ?? 0) > 0;
  }

  /** Distinct volunteers that the jobs with something to hand out need at least; 0 where there is none. */
  volunteersNeeded(): number {
    let needed = 0;
    for (const { quorum } of this.#grid.share.order) {
      needed = Math.max(needed, quorum.minQuorum, quorum.targetResults);
    }
    return needed;
  }

  /** Takes in the event; the volunteer it is from may want work after it. */
  #take(event: CoordinatorEvent): Volunteer | undefined {
    const grid = this.#grid;
    switch (event.type) {
      case 'message-received':
        return onMessage(grid, event);
      case 'job-submitted':
        return void onSubmitted(grid, event);
      case 'job-extended':
        if (onExtended(grid, event)) failGaps(grid, event);
        return undefined;
      case 'job-controlled':
        return void onControlled(grid, event);
      case 'volunteer-joined':
        return onJoined(grid, event);
      case 'volunteer-left':
        return this.#leave(event);
      case 'draining':
        grid.isDraining = true;
        return this.#recountAll();
      case 'stalled':
        grid.isStalled = event.isStalled;
        if (!event.isStalled) grid.hasNewWork = true;
        return this.#recountAll();
      case 'shards-kept':
        return void grid.shards.keep(event.kept, event.stripe);
      case 'shards-let-go':
        return void grid.shards.letGo(event.shards);
      case 'origin-changed':
        return void grid.shards.setOrigin(event.shards, event.hasOrigin);
      case 'shard-refuted':
        return void grid.shards.onRefuted(event.session);
      case 'tick':
        return undefined;
      default:
        return unreachable(event);
    }
  }

  #recountAll(): undefined {
    for (const volunteer of this.#grid.volunteers.all()) {
      this.#grid.recount(volunteer);
      this.#grid.freed.add(volunteer);
    }
  }

  #leave(event: Extract<CoordinatorEvent, { type: 'volunteer-left' }>): undefined {
    const volunteer = this.#grid.volunteers.at(event.session);
    if (volunteer) leave(this.#grid, volunteer, event.reason);
  }
}
