import { assert } from '@manytabs/protocol';
import type { Escrow } from './escrow.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Lease } from './lease-table.ts';
import { PAGE_TASKS, type Page } from './page.ts';
import type { Span } from './span.ts';
import type { Identity } from './volunteer-table.ts';

// The numbered invariants of the Coordinator, counted again from nothing.

interface Tally {
  waiting: number;
  running: number;
  provisional: number;
  queued: number;
  bytes: number;
  open: number;
  readonly covered: Map<Lease, number>;
}

export function checkGrid(grid: Grid): void {
  const votes = new Map<Identity, number>();
  let running = 0;
  let bytes = 0;
  for (const job of grid.jobs.values()) {
    running += checkJob(grid, job, votes);
    bytes += job.pendingBytes;
  }
  assert(bytes === grid.pendingBytes, 'bytes that wait for votes are counted (5)');
  assert(running === grid.runningTotal, 'running tasks are counted (5)');
  checkVolunteers(grid, votes);
  grid.shards.check();
}

function checkJob(grid: Grid, job: Job, votes: Map<Identity, number>): number {
  const tally: Tally = {
    waiting: 0,
    running: 0,
    provisional: 0,
    queued: 0,
    bytes: 0,
    open: 0,
    covered: new Map(),
  };
  for (const page of job.pages.open) {
    for (const span of checkPage(job, page, tally)) checkSpan(grid, span, tally, votes);
  }
  const { counts } = job;
  assert(
    tally.open + job.decided === job.cursor - job.first,
    'a handed out task is open or decided (1)',
  );
  assert(job.cursor <= job.end, 'only tasks of the job are handed out (1)');
  assert(tally.waiting === counts.waiting, 'waiting tasks are counted (5)');
  assert(tally.running === counts.running, 'running tasks are counted (5)');
  assert(tally.provisional === counts.provisional, 'provisional tasks are counted (5)');
  assert(tally.queued === job.queuedTasks, 'queued tasks are counted (5)');
  assert(tally.bytes === job.pendingBytes, 'bytes that wait for votes are counted (5)');
  checkLeases(grid, job, tally.covered);
  const queued = job.urgent.size + job.replicas.size + job.reserved.size;
  const hasWork = job.hasFresh || queued > 0;
  assert(job.isReady === (job.state === 'running' && hasWork), 'a job with work is ready (7)');
  assert(grid.share.order.includes(job) === job.isReady, 'a ready job is in the order (7)');
  return tally.running;
}

function checkPage(job: Job, page: Page, tally: Tally): readonly Span[] {
  let end = page.from;
  let open = 0;
  for (const span of page.spans) {
    assert(span.from >= end && span.to > span.from, 'spans are in order without overlap (1)');
    assert(span.to <= page.from + PAGE_TASKS && span.to <= job.cursor, 'a span is in its page (1)');
    for (let i = span.from; i < span.to; i++) {
      assert(page.stateOf(i) === 'open', 'a task in a span is not decided (1)');
    }
    open += span.count;
    end = span.to;
  }
  const touched = Math.min(job.cursor, page.from + PAGE_TASKS) - Math.max(job.first, page.from);
  assert(open + page.decided === touched, 'every task of a page is open or decided (1)');
  tally.open += open;
  return page.spans;
}

function checkSpan(grid: Grid, span: Span, tally: Tally, votes: Map<Identity, number>): void {
  const { job } = span;
  const holders = [
    ...span.votes.map((vote) => vote.identity),
    ...span.leases.map((lease) => lease.volunteer.identity),
  ];
  assert(new Set(holders).size === holders.length, 'an identity has one copy of a task (2)');
  for (const lease of span.leases) {
    assert(lease.isLive && lease.job === job, 'a span is covered by live leases (3)');
    assert(span.from >= lease.from && span.to <= lease.to, 'a lease covers its spans whole (3)');
    tally.covered.set(lease, (tally.covered.get(lease) ?? 0) + span.count);
  }
  const queues = [job.urgent, job.replicas, job.reserved].filter((queue) => queue.has(span));
  assert(queues.length === (span.missing > 0 ? 1 : 0), 'a span that lacks a copy is queued (4)');
  assert(queues[0] === span.queue, 'a span knows its queue (4)');
  const isCaredFor = span.leases.length > 0 || span.missing > 0 || span.isResting || span.isWaiting;
  if (span.escrow) checkEscrow(span, span.escrow);
  assert(isCaredFor || grid.unsettled.has(job), 'nothing open is forgotten (4)');
  tally[span.phase] += span.count;
  if (span.queue) tally.queued += span.count;
  for (const { identity, column } of span.votes) {
    tally.bytes += column.slice(span.from, span.to).bytes.length;
    votes.set(identity, (votes.get(identity) ?? 0) + 1);
  }
}

function checkEscrow(span: Span, escrow: Escrow): void {
  const isIn = escrow.spans.has(span) !== escrow.audits.has(span);
  assert(isIn && span.job.escrows.has(escrow), 'a single result is in its window once (8)');
  assert(span.hasVoteOf(escrow.identity), 'a window is of results of its volunteer (8)');
  assert(escrow.isClosed || escrow.audits.size === 0, 'audits are chosen when a window closes (8)');
}

function checkLeases(grid: Grid, job: Job, covered: ReadonlyMap<Lease, number>): void {
  for (const lease of job.leases) {
    assert(lease.isLive && lease.remaining > 0, 'a live lease has something to report (3)');
    assert(covered.get(lease) === lease.remaining, 'a lease covers what remains of it (3)');
    assert(lease.volunteer.leases.includes(lease), 'a volunteer knows its leases (3)');
    assert(grid.leases.find(lease.id, lease.volunteer) === lease, 'a live lease is found (3)');
  }
  assert(covered.size === job.leases.size, 'no span is covered by a lease that is gone (3)');
}

function checkVolunteers(grid: Grid, votes: ReadonlyMap<Identity, number>): void {
  let workers = 0;
  let takers = 0;
  let leases = 0;
  for (const volunteer of grid.volunteers.all()) {
    const counted = grid.takesWork(volunteer) ? volunteer.workers : 0;
    // The end of a bench is noticed when its deadline is looked at.
    assert(volunteer.counted === counted || volunteer.counted === 0, 'workers are counted (5)');
    workers += volunteer.counted;
    takers += volunteer.counted > 0 ? 1 : 0;
    leases += volunteer.leases.length;
    const { identity } = volunteer;
    assert(identity.connected === volunteer, 'an identity has one link (2)');
    assert(identity.openVotes === (votes.get(identity) ?? 0), 'open votes are counted (5)');
    assert(!identity.isQuarantined || volunteer.leases.length === 0, 'liars hold nothing (6)');
  }
  assert(workers === grid.workersTotal && takers === grid.takersTotal, 'takers are counted (5)');
  assert(leases === grid.leases.size, 'every live lease has its holder (3)');
  for (const volunteer of grid.idle) {
    assert(grid.takesWork(volunteer), 'who waits takes work (6)');
    assert(volunteer.leases.length < volunteer.workers, 'who is idle has a worker to spare (6)');
    assert(!grid.thirsty.has(volunteer), 'nobody waits twice (6)');
  }
}
