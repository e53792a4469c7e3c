import type { ErrorCode } from '@manytabs/protocol';
import type { CoordinatorEvent, WorkMessage } from './event.ts';
import type { Grid } from './grid.ts';
import { loseAllLeases, loseLease } from './losses.ts';
import { Volunteer } from './volunteer-table.ts';

type JoinedEvent = Extract<CoordinatorEvent, { type: 'volunteer-joined' }>;
type HeartbeatMessage = Extract<WorkMessage, { type: 'heartbeat' }>;

// Who is here: joining, leaving, falling silent.

export function onJoined(grid: Grid, event: JoinedEvent): Volunteer | undefined {
  const identity = grid.volunteers.identity(event.volunteer);
  if (identity.connected) {
    const message = 'This volunteer connected again from elsewhere.';
    disconnect(grid, identity.connected, 'identity-in-use', message);
  }
  if (grid.volunteers.size >= grid.limits.volunteersMax) {
    grid.out.close(event.session, 'too-many-peers', 'The grid has no room for more.');
    return undefined;
  }
  const volunteer = new Volunteer(identity, event, event.at);
  grid.volunteers.add(volunteer);
  grid.shards.onJoined(event.session, event.peer, event.volunteer);
  grid.recount(volunteer);
  watch(grid, volunteer);
  return volunteer;
}

/** The link is gone: what the volunteer held is handed out again at once. */
export function leave(grid: Grid, volunteer: Volunteer, reason: string): void {
  volunteer.isGone = true;
  grid.recount(volunteer);
  grid.volunteers.remove(volunteer);
  grid.deadlines.clear(volunteer);
  grid.shards.onLeft(volunteer.session);
  for (const job of volunteer.slots.keys()) job.told.delete(volunteer);
  loseAllLeases(grid, volunteer, { detail: reason, isBegun: true });
}

export function disconnect(
  grid: Grid,
  volunteer: Volunteer,
  code: ErrorCode,
  message: string,
): void {
  leave(grid, volunteer, message);
  grid.out.close(volunteer.session, code, message);
}

/** Any message is a sign of life. */
export function onHeard(grid: Grid, volunteer: Volunteer): void {
  volunteer.heardAt = grid.now;
  if (!volunteer.isSuspect) return;
  volunteer.isSuspect = false;
  grid.recount(volunteer);
  grid.freed.add(volunteer);
  watch(grid, volunteer);
}

export function onHeartbeat(grid: Grid, volunteer: Volunteer, message: HeartbeatMessage): void {
  volunteer.workers = message.workers;
  volunteer.isAccepting = message.accepting;
  grid.recount(volunteer);
}

/** What is due for a volunteer: silence, leases that ran out, the end of a bench. */
export function onDue(grid: Grid, volunteer: Volunteer): void {
  const silentMs = grid.now - volunteer.heardAt;
  if (silentMs >= grid.limits.deadMs) {
    return disconnect(grid, volunteer, 'timeout', `Nothing was heard for ${silentMs} ms.`);
  }
  volunteer.isSuspect = silentMs >= grid.limits.suspectMs;
  if (volunteer.isSuspect) grid.reviewAt = Math.min(grid.reviewAt, grid.now);
  expire(grid, volunteer);
  grid.recount(volunteer);
  grid.freed.add(volunteer);
  watch(grid, volunteer);
}

function expire(grid: Grid, volunteer: Volunteer): void {
  let expired = 0;
  for (const lease of [...volunteer.leases]) {
    if (!lease.isLive || lease.expiresAt > grid.now) continue;
    loseLease(grid, lease, { detail: 'it expired', isBegun: true });
    grid.out.revoke(volunteer.session, lease.id);
    expired++;
  }
  if (expired > 0) bench(grid, volunteer);
}

const RETURN_BENCH_MS = 50;
const RETURN_BENCH_MS_MAX = 10_000;

/** The first return is free; more of them without a result between wait longer each time. */
export function benchReturner(grid: Grid, volunteer: Volunteer): void {
  const returns = volunteer.returns++;
  if (returns === 0) return;
  const ms = Math.min(RETURN_BENCH_MS * 2 ** Math.min(returns, 20), RETURN_BENCH_MS_MAX);
  volunteer.benchedUntil = Math.max(volunteer.benchedUntil, grid.now + ms);
  grid.recount(volunteer);
  watch(grid, volunteer);
}

/** Who lets leases run out and reports nothing gets no work for a while, longer each time. */
function bench(grid: Grid, volunteer: Volunteer): void {
  const { benchMs, benchMsMax } = grid.limits;
  const ms = Math.min(benchMs * 2 ** Math.min(volunteer.strikes, 20), benchMsMax);
  volunteer.strikes++;
  volunteer.benchedUntil = grid.now + ms;
}

/**
 * Sets when to look at the volunteer again. A message moves no deadline: at the old one the silence is measured anew,
 * so a lively volunteer costs one look every suspectMs.
 */
export function watch(grid: Grid, volunteer: Volunteer): void {
  const { suspectMs, deadMs } = grid.limits;
  let dueAt = volunteer.heardAt + (volunteer.isSuspect ? deadMs : suspectMs);
  for (const lease of volunteer.leases) dueAt = Math.min(dueAt, lease.expiresAt);
  if (volunteer.benchedUntil > grid.now) dueAt = Math.min(dueAt, volunteer.benchedUntil);
  grid.deadlines.set(volunteer, dueAt);
}
