import type { ResumeMessage } from '@manytabs/protocol';
import { cover, enlist, termOf } from './assign.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Departure } from './lease-memory.ts';
import type { Lease } from './lease-table.ts';
import { releaseLease, uncover } from './leases.ts';
import { isOf, reach } from './replay.ts';
import { refuse } from './results.ts';
import type { Span } from './span.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

type Claim = ResumeMessage['leases'][number];

/** Takes up again what the volunteer still works on, whoever was asked for the same meanwhile. */
export function onResume(grid: Grid, volunteer: Volunteer, message: ResumeMessage): void {
  for (const claim of message.leases) {
    if (grid.leases.find(claim.lease, volunteer)) continue;
    if (!grid.seal.isProof(claim.proof, { ...claim, volunteer: volunteer.identity.id })) {
      refuse(grid, volunteer, claim.lease);
    } else if (!takeUp(grid, volunteer, claim)) {
      grid.out.revoke(volunteer.session, claim.lease);
    }
  }
}

/** False where nothing is left of the lease. */
function takeUp(grid: Grid, volunteer: Volunteer, claim: Claim): boolean {
  const job = grid.jobs.get(claim.jobId);
  // A large result may have overtaken this, on the other lane.
  if (volunteer.voided.has(claim.lease)) return false;
  if (!job || !isOf(job, claim) || volunteer.identity.isQuarantined) return false;
  const departure = grid.leases.recall(claim.lease, grid.now);
  if (!departure) return false;
  reach(grid, job, claim.to);
  const parts = openParts(job, volunteer.identity, claim);
  if (parts.length === 0) return false;
  const lease = revive(grid, volunteer, job, { claim, departure, parts });
  for (const part of parts) recover(grid, part, lease, departure.isBegun);
  enlist(grid, lease);
  // It knows the job, so it is to hear of its end; it is told all the same, as it may have forgotten it.
  volunteer.slot(job);
  job.told.add(volunteer);
  tellResumed(grid, lease);
  return true;
}

/** What the volunteer may still report: tasks without a decision and without a vote or an error of its own. */
function openParts(job: Job, identity: Identity, claim: Claim): Span[] {
  const from = Math.max(claim.from, claim.next);
  const spans = job.pages.at(claim.from)?.spansIn(from, claim.to) ?? [];
  return spans
    .filter((span) => !span.hasVoteOf(identity) && !span.hasErrorOf(identity))
    .filter((span) => !span.barred.includes(identity))
    .map((span) => span.carve(Math.max(span.from, from), Math.min(span.to, claim.to)));
}

function revive(
  grid: Grid,
  volunteer: Volunteer,
  job: Job,
  found: { claim: Claim; departure: Departure; parts: readonly Span[] },
): Lease {
  const { claim, departure, parts } = found;
  const tasks = parts.reduce((sum, part) => sum + part.count, 0);
  const { leaseMs, msPerTask, expectedMs } = termOf(grid, volunteer, job, tasks);
  const { assignedAt } = departure;
  const returnBy = grid.now + Math.max(leaseMs, grid.limits.resumeMsMax);
  const lease: Lease = {
    id: claim.lease,
    job,
    volunteer,
    from: claim.from,
    to: claim.to,
    assignedAt,
    expiresAt: grid.now + leaseMs,
    returnBy: Math.min(departure.returnBy, returnBy),
    msPerTask,
    expectedMs: expectedMs === undefined ? undefined : grid.now - assignedAt + expectedMs,
    isSpeculative: false,
    questions: undefined,
    isInherited: grid.leases.isInherited(claim.lease),
    sinceAt: grid.now,
    remaining: tasks,
    isLive: true,
  };
  grid.leases.adopt(lease);
  return lease;
}

/** The copy is under way again. One that the same volunteer was given meanwhile gives way: it is further behind. */
function recover(grid: Grid, span: Span, lease: Lease, wasBegun: boolean): void {
  const { identity } = lease.volunteer;
  const younger = span.leases.find((other) => other.volunteer === lease.volunteer);
  if (younger) {
    uncover(span, younger);
    grid.share.charge(lease.job, -(younger.msPerTask ?? 0) * span.count);
    releaseLease(grid, younger, span.count);
  }
  if (wasBegun && span.lostCount > 0) span.lostCount--;
  span.lost = span.lost.filter((other) => other !== identity);
  cover(grid, span, lease);
}

function tellResumed(grid: Grid, { job, volunteer, from, to, id }: Lease): void {
  const who = volunteer.identity.id;
  const row = { at: grid.now, cause: grid.cause, who, lease: id, detail: undefined };
  job.notes.story.add({ ...row, from, to, what: 'resumed' });
}
