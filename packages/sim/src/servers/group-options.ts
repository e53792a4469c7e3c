import { Prng } from '@manytabs/protocol';
import { jobPlan, quorumOf } from '../options.ts';
import type { JobPlan } from '../workload.ts';

/** Records are taken under any epoch, or some that were taken are not kept. */
export type StoreMutation = 'no-fence' | 'forgetful';

/** Everything about a world of several servers. */
export interface GroupOptions {
  readonly seed: number;
  readonly servers: number;
  readonly tabs: number;
  readonly jobs: readonly JobPlan[];
  readonly delayMs: number;
  readonly jitterMs: number;
  /** How long a call takes to the store at most, and as long back. */
  readonly latencyMsMax: number;
  /** Mean times between faults of a kind; 0 for never. */
  readonly crashEveryMs: number;
  readonly freezeEveryMs: number;
  readonly cutEveryMs: number;
  readonly breakEveryMs: number;
  readonly leaveEveryMs: number;
  readonly clockEveryMs: number;
  /** Each process has a calendar up to an hour off, and a clock up to a tenth too fast or too slow. */
  readonly hasSkew: boolean;
  /** A job's events are folded when there are so many more. */
  readonly foldRecords: number;
  /** A job is cut where each part has so many tasks; undefined for never. */
  readonly partTasksMin: number | undefined;
  readonly faultMs: number;
  readonly calmMs: number;
  /** The submitter remembers how many rows it has, and not of which part: for a test of the checker. */
  readonly isCursorBroken?: boolean;
  /** What is broken on purpose, for a test of the checkers. */
  readonly mutation?: StoreMutation;
}

const MINUTE_MS = 60_000;

/** The world of a seed as it was before jobs were cut. */
export function drawUncut(seed: number): GroupOptions {
  return { ...drawGroup(seed), partTasksMin: undefined };
}

/** A world of two or three servers drawn from a seed; half of the kinds of fault are missing in each. */
export function drawGroup(seed: number): GroupOptions {
  const prng = new Prng(seed, 'group');
  const every = (meanMs: number) => (prng.chance(0.5) ? meanMs / 2 + prng.int(meanMs) : 0);
  const faultMs = 20_000 + prng.int(MINUTE_MS);
  const delayMs = 1 + prng.int(60);
  return {
    seed,
    servers: 2 + prng.int(2),
    tabs: 4 + prng.int(5),
    jobs: Array.from({ length: 1 + prng.int(3) }, () => drawJob(prng, faultMs)),
    delayMs,
    jitterMs: prng.int(delayMs + 1),
    latencyMsMax: 1 + prng.int(prng.chance(0.3) ? 400 : 20),
    crashEveryMs: every(15_000),
    freezeEveryMs: every(20_000),
    cutEveryMs: every(20_000),
    breakEveryMs: every(8_000),
    leaveEveryMs: every(30_000),
    clockEveryMs: every(30_000),
    hasSkew: prng.chance(0.5),
    foldRecords: prng.chance(0.5) ? 10 + prng.int(40) : 20_000,
    partTasksMin: drawPart(new Prng(seed, 'parts')),
    faultMs,
    calmMs: 20 * MINUTE_MS,
  };
}

function drawPart(prng: Prng): number | undefined {
  return prng.chance(0.7) ? 5 + prng.int(60) : undefined;
}

function drawJob(prng: Prng, faultMs: number): JobPlan {
  const taskMs = [20, 200, 1_000][prng.int(3)] ?? 200;
  const quorum = 1 + prng.int(2);
  return jobPlan({
    tasks: Math.min(400, Math.ceil((20_000 + prng.int(100_000)) / taskMs)),
    quorum: quorumOf(quorum),
    taskMs,
    priority: prng.int(10),
    submitAtMs: prng.int(faultMs / 2),
  });
}
