import { errorChance, KNOWN_AT } from '../validation/credibility.ts';
import { FAULTS_MAX } from '../validation/reputation.ts';
import { Standing } from '../validation/standing.ts';
import type { StandingRecord } from './effect.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Identity } from './volunteer-table.ts';

// What volunteers are known for at each module, and how it is written down.

const STANDINGS_PER_IDENTITY_MAX = 32;
/** So many results that were right at other modules make one at a new module, up to so many. */
const ELSEWHERE_PER_CHECKED = 8;
const ELSEWHERE_CHECKED_MAX = 3;
/** A standing is written when it has grown by so much since: a crash forgets no more. */
const WRITTEN_GROWTH = 1.25;

function moduleOf(job: Job): StandingRecord['module'] {
  return job.spec.program.module.code.shard;
}

/** Results of the identity that were checked and right, at the job's module. */
export function checkedOf(grid: Grid, identity: Identity, job: Job): number {
  const own = identity.standings.get(moduleOf(job))?.checked(grid.now) ?? 0;
  if (own >= ELSEWHERE_CHECKED_MAX) return own;
  const elsewhere = Math.floor(identity.confirmed / ELSEWHERE_PER_CHECKED);
  return Math.max(own, Math.min(ELSEWHERE_CHECKED_MAX, elsewhere));
}

/** The chance that a result of the identity is wrong: never less than those who are known are wrong lately. */
export function errorChanceOf(grid: Grid, identity: Identity, job: Job): number {
  return Math.max(ownErrorChance(grid, identity, job), Math.min(0.5, grid.prior.alarm));
}

/** What the identity's own results say of it. */
export function ownErrorChance(grid: Grid, identity: Identity, job: Job): number {
  const checked = checkedOf(grid, identity, job);
  const faults = identity.standings.get(moduleOf(job))?.faults(grid.now) ?? 0;
  const prior = Math.max(grid.prior.value, job.rule?.errorPriorMin ?? 0);
  return errorChance({ checked, faults }, prior);
}

/** Word of somebody who holds the grid's token, or that of the job's submitter. */
export function isTrusted(identity: Identity, job: Job): boolean {
  return identity.isTrusted || (identity.owner !== undefined && identity.owner === job.owner);
}

/** So many results of the identity were checked and are right. */
export function confirm(grid: Grid, identity: Identity, job: Job, results: number): void {
  const standing = standingFor(grid, identity, job);
  standing.confirm(results, grid.now);
  identity.confirmed += results;
  grid.prior.learn(results, false, isKnown(standing, grid.now));
  grid.evidence++;
  const checked = standing.checked(grid.now);
  if (checked < standing.writtenChecked * WRITTEN_GROWTH + 1) return;
  write(grid, identity, job, standing);
}

/** Results of the identity were checked and are wrong. */
export function convict(grid: Grid, identity: Identity, job: Job, results: number): void {
  const standing = standingFor(grid, identity, job);
  const wasKnown = isKnown(standing, grid.now);
  standing.convict(grid.now);
  identity.confirmed = 0;
  grid.prior.learn(results, true, wasKnown);
  grid.evidence++;
  write(grid, identity, job, standing);
}

function isKnown(standing: Standing, now: number): boolean {
  return standing.checked(now) >= KNOWN_AT;
}

/** For a quarantine: so many of its newest checked results were wrong. */
export function noteFaults(identity: Identity, results: number): void {
  const at = identity.valid + identity.invalid;
  const more = new Array<number>(Math.min(results, FAULTS_MAX)).fill(at);
  identity.faultsAt = [...identity.faultsAt, ...more].slice(-FAULTS_MAX);
}

function standingFor(grid: Grid, identity: Identity, job: Job): Standing {
  const module = moduleOf(job);
  const known = identity.standings.get(module);
  if (known) return known;
  const standing = new Standing({ checked: 0, faults: 0, at: grid.now });
  keepStanding(identity, module, standing);
  return standing;
}

function keepStanding(
  identity: Identity,
  module: StandingRecord['module'],
  standing: Standing,
): void {
  identity.standings.set(module, standing);
  if (identity.standings.size <= STANDINGS_PER_IDENTITY_MAX) return;
  for (const oldest of identity.standings.keys()) return void identity.standings.delete(oldest);
}

function write(grid: Grid, identity: Identity, job: Job, standing: Standing): void {
  standing.writtenChecked = standing.checked(grid.now);
  grid.out.append(recordOf(grid.now, identity, moduleOf(job), standing));
}

const NO_MODULE = '0'.repeat(64) as StandingRecord['module'];

/** Writes that the identity is shut out, once for all modules. */
export function writeQuarantine(grid: Grid, identity: Identity): void {
  const nothing = new Standing({ checked: 0, faults: 0, at: grid.now });
  const [[module, standing] = [NO_MODULE, nothing]] = identity.standings;
  grid.out.append(recordOf(grid.now, identity, module, standing));
}

function recordOf(
  at: number,
  identity: Identity,
  module: StandingRecord['module'],
  standing: Standing,
): StandingRecord {
  return {
    type: 'standing',
    at,
    volunteer: identity.id,
    module,
    checked: standing.checked(at),
    faults: standing.faults(at),
    ...(identity.quarantinedUntil === undefined ? {} : { until: identity.quarantinedUntil }),
  };
}

/** What an earlier life knew. */
export function restoreStanding(grid: Grid, record: StandingRecord): void {
  const { at, checked, faults, until } = record;
  const identity = grid.volunteers.identity(record.volunteer);
  const before = identity.standings.get(record.module);
  identity.confirmed += Math.max(0, checked - (before?.writtenChecked ?? 0));
  if (checked === 0) identity.confirmed = 0;
  keepStanding(identity, record.module, new Standing({ checked, faults, at }));
  if (until === undefined) return;
  if (!identity.isQuarantined) grid.shutOut++;
  identity.isQuarantined = true;
  identity.quarantinedAt = at;
  identity.quarantinedUntil = until;
}

/** Everything that a journal must hold to know the same. */
export function standingsOf(grid: Grid): StandingRecord[] {
  return [...grid.volunteers.identities()].flatMap((identity) =>
    [...identity.standings].map(([module, standing]) =>
      recordOf(standing.at, identity, module, standing),
    ),
  );
}
