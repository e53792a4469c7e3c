import { COORDINATOR_PEER_ID, type JobId, leaseId, peerId } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VolunteerEffect } from './effect.ts';
import type { VolunteerEvent } from './event.ts';
import { assignOf, jobOf, LARGE, SMALL, shardOf } from './test-volunteer.ts';
import { Volunteer } from './volunteer.ts';

// Anything in any order, likely or not: the machine neither throws nor forgets its bounds, and Stop always brings rest.

const name = fc.constantFrom('a', 'b', 'c');
const lease = fc.integer({ min: 1, max: 12 });
const shard = fc.constantFrom('mesh', 'chunk', 'tiny', 'module a', 'module b', 'module c');
const sizeOf = (each: string) => (each === 'mesh' || each === 'chunk' ? LARGE : SMALL);
const jobIdOf = (job: string) => `j${job}` as JobId;
const peer = fc.constantFrom(COORDINATOR_PEER_ID, peerId('v1'), peerId('v2'));

type Message = Extract<VolunteerEvent, { type: 'message-received' }>['message'];

const peers = fc.array(peer, { maxLength: 3 });
const job = name.map((each) => jobOf(each, each === 'a' ? ['mesh'] : []));
const assignment = fc
  .tuple(name, lease, fc.option(fc.constantFrom('chunk', 'tiny')))
  .map(([each, id, chunk]) =>
    assignOf(each, id, chunk ? { name: chunk, bytes: sizeOf(chunk) } : undefined),
  );

const message = fc.oneof(
  { arbitrary: job, weight: 6 },
  { arbitrary: assignment, weight: 8 },
  fc.array(lease, { maxLength: 3 }).map((ids) => ({ type: 'revoke', leases: ids.map(leaseId) })),
  name.map((each) => ({ type: 'job-closed', jobId: jobIdOf(each) })),
  fc
    .tuple(shard, peers)
    .map(([each, from]) => ({ type: 'holders', shard: shardOf(each), peers: from })),
  fc.tuple(shard, peers).map(([each, from]) => ({
    type: 'replicate',
    shard: shardOf(each),
    bytes: sizeOf(each),
    peers: from,
  })),
  shard.map((each) => ({ type: 'drop-shards', shards: [shardOf(each)] })),
) as fc.Arbitrary<Message>;

const event = fc.oneof(
  { arbitrary: message.map((each) => ({ type: 'message-received', message: each })), weight: 20 },
  { arbitrary: fc.constant({ type: 'commanded', command: 'start' }), weight: 3 },
  fc
    .constantFrom('pause', 'pause', 'finish', 'stop')
    .map((command) => ({ type: 'commanded', command })),
  fc.constantFrom({ type: 'linked' }, { type: 'unlinked' }, { type: 'tick' }),
  name.map((each) => ({ type: 'job-opened', jobId: jobIdOf(each) })),
  name.map((each) => ({ type: 'job-refused', jobId: jobIdOf(each), code: 'usage', message: '' })),
  lease.map((id) => ({
    type: 'tasks-ran',
    lease: leaseId(id),
    from: 10 * id,
    count: 1,
    values: new Uint8Array(1),
    busyMs: 1,
  })),
  { arbitrary: lease.map((id) => ({ type: 'run-ended', lease: leaseId(id) })), weight: 3 },
  shard.map((each) => ({ type: 'shard-stored', shard: shardOf(each), bytes: sizeOf(each) })),
  shard.map((each) => ({ type: 'shard-dropped', shard: shardOf(each) })),
  fc
    .tuple(shard, peer)
    .map(([each, from]) => ({ type: 'fetch-failed', shard: shardOf(each), from, code: 'timeout' })),
);

test('[VO8] whatever happens, bounds hold and no lease speaks after its end', () => {
  let runs = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, fc.nat(300)), { minLength: 100, maxLength: 400, size: 'max' }),
      (events) => {
        const volunteer = new Volunteer({ workers: 2 });
        const running = new Set<number>();
        let at = 0;
        const tell = (what: object): readonly VolunteerEffect[] => {
          if (isOver(what)) running.delete(what.lease);
          const effects = volunteer.step({ ...what, at } as VolunteerEvent);
          volunteer.check();
          const speaks = effects.some(
            (each) => each.type === 'send' && each.message.type === 'results',
          );
          if (isReport(what) && speaks) expect(running.has(what.lease)).toBe(true);
          for (const effect of effects) follow(effect, running);
          runs += effects.filter((effect) => effect.type === 'run').length;
          expect(running.size).toBe(volunteer.view().running);
          return effects;
        };
        tell({ type: 'commanded', command: 'start' });
        tell({ type: 'linked' });
        for (const [what, ms] of events) {
          at += ms;
          const effects = tell(what);
          // Mostly the world does as it is asked, else little would ever run.
          if (ms % 4 > 0) for (const answer of answersTo(effects)) tell(answer);
        }
        tell({ type: 'commanded', command: 'stop' });
        expect(volunteer.view()).toMatchObject({ running: 0, waiting: 0, fetching: 0 });
      },
    ),
    { numRuns: 100 },
  );
  // Most of it would be idle talk if runs were rare.
  expect(runs).toBeGreaterThan(100);
});

function isReport(what: object): what is { lease: number } {
  return (what as { type: string }).type === 'tasks-ran';
}

function isOver(what: object): what is { lease: number } {
  return (what as { type: string }).type === 'run-ended';
}

function answersTo(effects: readonly VolunteerEffect[]): object[] {
  return effects.flatMap((effect): object[] => {
    if (effect.type === 'open-job') return [{ type: 'job-opened', jobId: effect.job.jobId }];
    if (effect.type !== 'fetch') return [];
    return [{ type: 'shard-stored', shard: effect.shard, bytes: SMALL }];
  });
}

/** Keeps the runs as a runtime would. */
function follow(effect: VolunteerEffect, running: Set<number>): void {
  if (effect.type === 'run') {
    expect(running.has(effect.lease)).toBe(false);
    running.add(effect.lease);
  }
  if (effect.type === 'kill-run') expect(running.delete(effect.lease)).toBe(true);
}
