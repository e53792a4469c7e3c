import {
  Coordinator,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type JournalRecord,
  type ReplayedRecord,
} from '@manytabs/kernel';
import {
  type GridError,
  hasEnded,
  type JobEvent,
  type JobId,
  LIMITS,
  type Link,
  type PeerId,
  type SessionId,
  type ShardId,
  type StatusView,
  sessionId,
  type Timers,
  type Transport,
  unreachable,
  type VolunteerId,
} from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import type { AuditFact } from '../access/audit-log.ts';
import { Doors } from '../access/doors.ts';
import type { Grant } from '../access/grant.ts';
import { QUOTA_DEFAULT, Usage } from '../access/usage.ts';
import { GridSigner } from '../identity/grid-signer.ts';
import { SteadyClock } from '../steady-clock.ts';
import { systemTimers } from '../system-timers.ts';
import { Collector } from './collector.ts';
import { CommitLine } from './commit-line.ts';
import { Accounts } from './credit/accounts.ts';
import { FileService } from './files/file-service.ts';
import { GuestSession } from './guest-session.ts';
import { Janitor } from './janitor.ts';
import { JobPermits } from './job-permits.ts';
import { MeteredLink } from './metered-link.ts';
import type { HostOptions } from './options.ts';
import { Parts } from './parts/parts.ts';
import type { ProvisionalNews } from './provisional.ts';
import { rowsOf } from './records.ts';
import { recordsOf, recover } from './recovery.ts';
import { rowOf } from './rows.ts';
import type { Servers } from './servers/servers.ts';
import { TaskSpaces } from './space/task-space.ts';
import { Stages } from './stage/stages.ts';
import { recoverStandings } from './standings.ts';
import { statusOf } from './status.ts';
import type { SubmitterSession } from './submitter-session.ts';
import type { VolunteerSession } from './volunteer-session.ts';

const UNUSED_MS = 10 * 60_000;
const CLOSE_MS = 5_000;
const DRAIN_LOOK_MS = 20;
const PRESENCE_GRACE_MS = LIMITS.HEARTBEAT_MS + 500;

/** A road that links come in by. */
export type Listener = Pick<Transport, 'onLink' | 'close'>;

/**
 * Carries out what the coordinator machine decides: it owns the clock, the timer, the links and the stores, and holds
 * no policy. The same host runs in Node and in a tab.
 */
export class CoordinatorHost {
  readonly options: HostOptions;
  readonly machine: Coordinator;
  readonly volunteers = new Map<SessionId, VolunteerSession>();
  readonly submitters = new Set<SubmitterSession>();
  readonly files: FileService;
  readonly collector: Collector;
  /** What volunteers get for their work. */
  readonly accounts: Accounts;
  readonly taskSpaces = new TaskSpaces(this);
  readonly #stages = new Stages(this);
  readonly parts = new Parts(this);
  readonly permits = new JobPermits(this);
  /** Where this server is one of several; set before it listens. */
  servers: Servers | undefined;
  readonly #transports: Listener[] = [];
  readonly #line: CommitLine;
  readonly #janitor: Janitor;
  readonly #rowCounts = new Map<JobId, number>();
  readonly #startedAt: number;
  readonly doors: Doors;
  readonly signer: GridSigner | undefined;
  readonly #usage = new Map<string, Usage>();
  #sessions = 0;
  readonly #clock: SteadyClock;
  #isDraining = false;
  #stalledAt = 0;
  readonly timers: Timers;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.timers = options.timers ?? systemTimers;
    this.#clock = new SteadyClock(options.clock);
    const { seed, epoch, leaseKey, limits } = options;
    this.machine = new Coordinator({ seed, epoch, limits, ...(leaseKey ? { leaseKey } : {}) });
    this.#startedAt = this.now();
    this.collector = this.#newCollector();
    const keyValue = options.keyValue ?? new MemoryKeyValue();
    this.files = new FileService(this, keyValue);
    this.accounts = new Accounts(this, keyValue);
    this.#line = new CommitLine({
      journal: options.journal,
      timers: this.timers,
      epoch: options.epoch,
      standings: options.standings,
      perform: (effect) => this.#perform(effect),
      onStalled: (reason) => this.#onStalled(reason),
      onFenced: (reason) => this.#onFenced(reason),
      onCommitted: options.observer ? (commit) => options.observer?.onCommitted(commit) : undefined,
    });
    this.signer = options.gridKey && new GridSigner(options.gridKey);
    this.doors = new Doors(
      () => this.now(),
      (fact) => this.writeDown(fact),
    );
    this.#janitor = new Janitor({
      journal: options.journal,
      timers: this.timers,
      epoch: options.epoch,
      exclusively: (work) => this.#line.exclusively(work),
      note: options.note,
      runningRecords: options.runningRecords,
    });
    options.access?.tokens.onEnded((id, reason) => this.#endLinksOf(id, reason));
  }

  /**
   * Makes the machine what the journal says it was; before `listen`.
   * @throws {GridError} `epoch-stale`, `storage-failed`
   */
  async recover(): Promise<void> {
    const { journal, epoch } = this.options;
    await journal.claim(epoch);
    const events = new Map<JobId, number>();
    for await (const { jobId, records } of recover(journal)) {
      if (!events.has(jobId)) this.#rowCounts.set(jobId, await journal.count(rowsOf(jobId)));
      let count = events.get(jobId) ?? 0;
      for (const record of records) {
        this.machine.replay(record);
        this.#adoptOutputs(record);
        count++;
      }
      events.set(jobId, count);
    }
    for (const [jobId, count] of events) this.#janitor.onAppended(jobId, count);
    for (const { jobId, state } of this.machine.jobs()) {
      this.stage(jobId);
      if (hasEnded(state)) this.#onEnded(jobId);
    }
    await recoverStandings(this);
    await this.files.recover();
    await this.files.outputs.recover();
    // What was decided before the end and not yet said is said now.
    this.step({ type: 'tick', at: this.now() });
  }

  /** What votes refer to must stay while they are out. */
  #adoptOutputs(record: ReplayedRecord): void {
    if (record.type !== 'vote-received') return;
    this.files.outputs.adopt(record.jobId, record.column.bytes);
  }

  /** Goes on with a job that another coordinator had, which writes no more. */
  async adopt(jobId: JobId): Promise<void> {
    const { journal } = this.options;
    const records: ReplayedRecord[] = [];
    for await (const { record } of recordsOf(journal, jobId)) records.push(record);
    this.#rowCounts.set(jobId, await journal.count(rowsOf(jobId)));
    this.machine.adopt(records);
    for (const record of records) this.#adoptOutputs(record);
    this.#janitor.onAppended(jobId, records.length);
    const job = this.machine.job(jobId);
    if (job && hasEnded(job.state)) this.#onEnded(jobId);
  }

  /** The end of a job is durable. */
  #onEnded(jobId: JobId): void {
    this.#janitor.onEnded(jobId);
    this.parts.onEnded(jobId);
  }

  /** Serves everyone who calls over this transport. */
  listen(transport: Listener): void {
    this.collector.start();
    this.#transports.push(transport);
    transport.onLink((link) => this.accept(link));
  }

  accept(link: Link): void {
    const { observer } = this.options;
    new GuestSession(this, observer ? new MeteredLink(link, observer) : link);
  }

  now(): number {
    return this.#clock.now();
  }

  nextSession(): SessionId {
    this.#sessions += 1;
    return sessionId(this.#sessions);
  }

  step(event: CoordinatorEvent): void {
    if (this.#closed) return;
    this.#line.push(this.machine.step(event));
    this.#wakeLater();
  }

  /** Resolves once everything the machine has said so far is durable. */
  settled(): Promise<void> {
    return this.#line.settled();
  }

  /** What a token has used, over all its links. The owner is not counted. */
  usageOf({ scope, owner, quota }: Grant): Usage {
    if (scope === 'admin') return new Usage({});
    const known = this.#usage.get(owner) ?? new Usage({ ...QUOTA_DEFAULT, ...quota });
    this.#usage.set(owner, known);
    return known;
  }

  /** Into the audit log, soon. */
  writeDown(fact: AuditFact): void {
    const { access, note } = this.options;
    access?.audit.append(fact).catch((thrown) => {
      note('error', `the audit log lacks ${fact.action} of ${fact.subject}: ${thrown}`);
    });
  }

  /** Final rows of a job that are durable. */
  rowCount(jobId: JobId): number {
    return this.#rowCounts.get(jobId) ?? 0;
  }

  status(): StatusView {
    return statusOf(this, Math.floor((this.now() - this.#startedAt) / 1000));
  }

  /** Whether it does its work, and what keeps it from it. */
  health(): Pick<StatusView, 'state' | 'stalled'> {
    const reason = this.#line.stalled;
    if (this.#isDraining) return { state: 'draining', stalled: null };
    if (!reason) return { state: 'ready', stalled: null };
    const { code, hint } = reason;
    const seconds = Math.floor((this.now() - this.#stalledAt) / 1000);
    return { state: 'stalled', stalled: { code, hint, seconds } };
  }

  /**
   * Hands out nothing more and takes the results of what is out, for so long at most; what is out after it is brought
   * back to the next coordinator.
   */
  async drain(msMax: number): Promise<void> {
    if (this.#closed || this.#isDraining) return;
    this.#isDraining = true;
    this.step({ type: 'draining', at: this.now() });
    const until = this.now() + msMax;
    while (this.machine.totals().running > 0 && this.now() < until) {
      await new Promise<void>((resolve) => this.timers.after(DRAIN_LOOK_MS, resolve));
    }
  }

  /** The coordinator's own copy of a shard. */
  async shardMessage(shard: ShardId) {
    return shardMessageOf(shard, await this.options.blobs.get(shard));
  }

  /** Wherever it comes from, another volunteer perhaps: whoever asked must not have to wait for it in line. */
  async anyShardMessage(shard: ShardId, asking: SessionId) {
    const own = await this.options.blobs.get(shard);
    return shardMessageOf(shard, own ?? (await this.files.shelf.source.bytesOf(shard, asking)));
  }

  async #written(): Promise<void> {
    await this.settled();
    await this.accounts.book.flush();
  }

  /** It has ended, or is about to: orders are not followed any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Takes nothing new, makes durable what is under way, and ends. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stages.close();
    this.parts.close();
    this.#cancelTimer?.();
    this.files.close();
    const settled = Promise.all([this.#written(), this.#janitor.close(), this.collector.close()]);
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.timers.after(CLOSE_MS, resolve);
    });
    await Promise.race([settled, late]);
    cancel();
    await Promise.all(this.#transports.map((transport) => transport.close()));
    await this.options.journal.close();
    await this.options.blobs.close();
  }

  #newCollector(): Collector {
    const { blobs, unusedMs = UNUSED_MS, note } = this.options;
    return new Collector({
      blobs,
      graceMs: unusedMs,
      now: () => this.now(),
      neededByJobs: () => this.machine.neededShards(),
      isNeededByFiles: (shard) => this.files.shelf.origin.isUsed(shard),
      settled: () => this.#mayCollect(),
      neededElsewhere: async (shards) =>
        this.servers ? this.servers.neededShards(shards) : new Set(),
      note,
    });
  }

  /** Only who knows all files can say what nothing needs, once what was forgotten is so for good. */
  async #mayCollect(): Promise<boolean> {
    await this.#janitor.idle();
    await this.files.outputs.settled();
    await this.settled();
    const knowsFiles = (this.servers?.hasFiles ?? true) && this.files.isWhole;
    return knowsFiles && !this.files.outputs.isBehind && !this.#closed;
  }

  #perform(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'append':
        return this.#append(effect.record);
      case 'send':
        return this.volunteers.get(effect.to)?.send(effect.message);
      case 'send-shard':
        return this.volunteers.get(effect.to)?.send(this.shardMessage(effect.shard));
      case 'close':
        return this.volunteers.get(effect.session)?.end(effect.code, effect.message);
      case 'check-shard':
        return void this.files.scrubber.check(effect.session, effect.shard);
      case 'quarantined':
        return this.#onQuarantined(effect);
      case 'forget':
        this.#rowCounts.delete(effect.jobId);
        this.parts.onForgotten(effect.jobId);
        this.files.outputs.onJobChanged(effect.jobId);
        this.onPartLost(effect.jobId);
        this.servers?.forget(effect.jobId);
        return this.#janitor.onForgotten(effect.jobId);
      case 'log':
      case 'preview':
      case 'retry':
        return this.#tellEvent(effect);
      case 'provisional':
      case 'retracted':
        return this.#tellProvisional(effect);
      default:
        unreachable(effect);
    }
  }

  /** A token is over, and so is every link that it opened. Its jobs go on. */
  #endLinksOf(token: string, reason: GridError): void {
    for (const submitter of this.submitters) {
      if (submitter.token === token) submitter.end(reason);
    }
    for (const volunteer of this.volunteers.values()) {
      if (volunteer.token !== token) continue;
      this.onLinkLost(volunteer.session, reason);
      volunteer.end(reason.code, reason.message);
    }
    this.#usage.delete(token);
  }

  #onStalled(reason: GridError | undefined): void {
    const { note } = this.options;
    this.step({ type: 'stalled', at: this.now(), isStalled: reason !== undefined });
    if (!reason) return note('info', 'the store takes records again');
    this.#stalledAt = this.now();
    this.options.observer?.onStalled();
    note('error', `the grid stands still: ${reason.message} ${reason.hint}`, { code: reason.code });
  }

  #onFenced(reason: GridError): void {
    this.options.note('error', reason.message, { code: reason.code });
    void this.close().then(() => this.options.onFenced?.());
  }

  #tellProvisional(news: ProvisionalNews): void {
    for (const submitter of this.submitters) submitter.onProvisional(news);
  }

  #onQuarantined({ volunteer, until }: { volunteer: VolunteerId; until: number }): void {
    const note = `until ${new Date(until).toISOString()}`;
    this.writeDown({ actor: 'grid', action: 'volunteer-quarantined', subject: volunteer, note });
  }

  #append(record: JournalRecord): void {
    if (record.type === 'standing') return;
    const hasRow = rowOf(record) !== undefined;
    if (hasRow) this.#rowCounts.set(record.jobId, this.rowCount(record.jobId) + 1);
    const ended = record.type === 'job-state' && hasEnded(record.state);
    if (hasRow || ended) this.files.outputs.onJobChanged(record.jobId);
    this.#janitor.onAppended(record.jobId, 1);
    this.accounts.onAppended(record);
    if (ended) this.#onEnded(record.jobId);
    this.#tellWatchers(record.jobId, ended);
  }

  /** From here on: feeds the job from the jobs that its spec names, and looks after a part of one. */
  stage(jobId: JobId): void {
    this.#stages.begin(jobId);
    this.parts.begin(jobId);
  }

  #tellEvent(effect: Extract<CoordinatorEffect, { type: 'log' | 'preview' | 'retry' }>): void {
    const { type: kind, jobId, ...rest } = effect;
    const event = { kind, at: this.now(), ...rest } as JobEvent;
    for (const submitter of this.submitters) submitter.onJobEvent(jobId, event);
  }

  #tellWatchers(jobId: JobId, ended: boolean): void {
    const lead = this.machine.spec(jobId)?.part?.jobs[0];
    if (lead && lead !== jobId) this.onPartChanged(lead, ended);
    this.onPartChanged(jobId, ended);
  }

  /** Nothing can be read of the job any more, or not all of it. */
  onPartLost(jobId: JobId): void {
    for (const submitter of this.submitters) submitter.onJobForgotten(jobId);
  }

  /** A job has changed, or a part of it, here or at another server. */
  onPartChanged(jobId: JobId, ended: boolean): void {
    for (const submitter of this.submitters) submitter.onJobChanged(jobId, ended);
    this.#stages.onJobChanged(jobId);
  }

  #wakeLater(): void {
    const at = this.machine.wakeAt() ?? Number.POSITIVE_INFINITY;
    if (at >= this.#timerAt && this.#cancelTimer !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.timers.after(Math.max(0, at - this.now()), () => this.#wake());
  }

  #wake(): void {
    this.#cancelTimer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.step({ type: 'tick', at: this.now() });
  }

  /**
   * The peer's signalling socket closed: most likely the tab is gone. A tab that is still there says something within
   * a heartbeat; one that does not is not waited for any longer.
   */
  onPresenceLost(peer: PeerId): void {
    const at = this.now();
    for (const volunteer of this.volunteers.values()) {
      if (volunteer.peer === peer)
        this.timers.after(PRESENCE_GRACE_MS, () => volunteer.endUnlessHeard(at));
    }
  }

  /** A copy on a volunteer is not what its name says. */
  onShardRefuted(session: SessionId, shard: ShardId): void {
    const volunteer = this.volunteers.get(session)?.volunteer;
    this.options.note('warn', `${volunteer} holds a corrupt copy of shard ${shard.slice(0, 12)}…`);
    this.step({ type: 'shard-refuted', at: this.now(), session, shard });
  }

  onLinkLost(session: SessionId, reason: GridError): void {
    if (!this.volunteers.delete(session)) return;
    this.files.onGone(session);
    this.taskSpaces.onGone(session);
    this.accounts.onGone(session);
    this.step({ type: 'volunteer-left', at: this.now(), session, reason: reason.code });
  }
}

function shardMessageOf(shard: ShardId, bytes: Uint8Array | undefined) {
  if (!bytes) return { type: 'shard-absent', shard } as const;
  return { type: 'shard', shard, bytes } as const;
}
