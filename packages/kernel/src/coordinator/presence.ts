import type { ErrorCode } from '@manytabs/protocol';
import { browserOf } from '../shards/placement.ts';
import { bench, watch } from './bench.ts';
import type { CoordinatorEvent, WorkMessage } from './event.ts';
import type { Grid } from './grid.ts';
import { loseAllLeases, loseLease } from './losses.ts';
import { liftQuarantine } from './quarantine.ts';
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
  liftQuarantine(grid, identity);
  const volunteer = new Volunteer(identity, event, event.at);
  grid.volunteers.add(volunteer);
  const { session, peer, network, agent } = event;
  const site = { network, browser: browserOf(agent) };
  grid.shards.onJoined(session, peer, event.volunteer, grid.now, site);
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
  grid.shards.onLeft(volunteer.session, grid.now);
  for (const job of volunteer.slots.keys()) job.told.delete(volunteer);
  loseAllLeases(grid, volunteer, { detail: reason, isBegun: true, mayReturn: true });
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
  liftQuarantine(grid, volunteer.identity);
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
  // While its owner holds it, a volunteer may let leases run out.
  if (expired > 0 && volunteer.isAccepting) bench(grid, volunteer);
}
