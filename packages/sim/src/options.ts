import { LIMITS, Prng } from '@manytabs/protocol';
import type { JobPlan } from './workload.ts';

/** How a tab behaves; only an honest one follows every rule. */
export type Behaviour =
  | 'honest'
  /** Ten times slower than the others, but right. */
  | 'slow'
  /** Some of its values are wrong, in a way of its own. */
  | 'liar'
  /** All colluders give the same wrong values. */
  | 'colluder'
  /** Sends old results again, long after. */
  | 'replayer'
  /** Sends wrong results under leases of others. */
  | 'thief'
  /** Sends every result twice. */
  | 'doubler'
  /** Fails tasks that would not fail. */
  | 'flaky'
  /** Takes leases and never reports. */
  | 'mute'
  /** Sends messages that break the protocol. */
  | 'babbler';

export const BEHAVIOURS: readonly Behaviour[] = [
  'honest',
  'slow',
  'liar',
  'colluder',
  'replayer',
  'thief',
  'doubler',
  'flaky',
  'mute',
  'babbler',
];

/** Everything about a world; the seed alone draws the rest of what happens. */
export interface WorldOptions {
  readonly seed: number;
  /** Tabs by behaviour. */
  readonly tabs: Readonly<Partial<Record<Behaviour, number>>>;
  readonly workersMax: number;
  readonly jobs: readonly JobPlan[];
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Chance that a packet is lost, which breaks its link. */
  readonly lossShare: number;
  /** Mean time between faults of a kind in the whole grid; 0 for never. */
  readonly breakEveryMs: number;
  readonly partitionEveryMs: number;
  readonly freezeEveryMs: number;
  readonly churnEveryMs: number;
  readonly donorEveryMs: number;
  /** The coordinator dies, and comes back on its journal. */
  readonly crashEveryMs: number;
  /** The journal is folded. */
  readonly foldEveryMs: number;
  /** How long the store takes at most for a commit; 0 for none. */
  readonly commitMsMax: number;
  /** The store refuses for a while. */
  readonly stallEveryMs: number;
  /** Each life of the coordinator has a clock of its own, up to an hour off. */
  readonly hasSkew: boolean;
  /** Share of departures that are announced. */
  readonly politeShare: number;
  /** Share of those who come back as somebody new. */
  readonly newIdentityShare: number;
  /** Chance that a fetch from a tab fails. */
  readonly fetchFailShare: number;
  /** How long faults go on. */
  readonly faultMs: number;
  /** How long the world may take to finish once they have stopped. */
  readonly calmMs: number;
}

const MINUTE_MS = 60_000;

/** A world without faults, to change what a scenario is about. */
export function calmWorld(changes: Partial<WorldOptions> = {}): WorldOptions {
  return {
    seed: 1,
    tabs: { honest: 4 },
    workersMax: 2,
    jobs: [jobPlan()],
    delayMs: 20,
    jitterMs: 5,
    lossShare: 0,
    breakEveryMs: 0,
    partitionEveryMs: 0,
    freezeEveryMs: 0,
    churnEveryMs: 0,
    donorEveryMs: 0,
    crashEveryMs: 0,
    foldEveryMs: 0,
    commitMsMax: 0,
    stallEveryMs: 0,
    hasSkew: false,
    politeShare: 0.5,
    newIdentityShare: 0,
    fetchFailShare: 0,
    faultMs: 0,
    calmMs: 30 * MINUTE_MS,
    ...changes,
  };
}

export function jobPlan(changes: Partial<JobPlan> = {}): JobPlan {
  return {
    tasks: 100,
    chunkTasks: undefined,
    chunkBytes: 1_000,
    isOpen: false,
    quorum: quorumOf(1),
    priority: 5,
    taskMs: 50,
    throwShare: 0,
    moduleBytes: 4_000,
    fileShards: 0,
    fileShardBytes: 256 * 1024,
    submitAtMs: 0,
    pauseAtMs: undefined,
    resumeAfterMs: 10_000,
    cancelAtMs: undefined,
    ...changes,
  };
}

export function quorumOf(minQuorum: number, targetResults = minQuorum): JobPlan['quorum'] {
  return {
    minQuorum,
    targetResults: Math.max(minQuorum, targetResults),
    maxErrorResults: 10,
    maxTotalResults: 64,
    maxSuccessResults: 32,
  };
}

/** A world drawn from a seed. Half of the kinds of fault are missing in each, so that one hides no other. */
export function drawOptions(seed: number): WorldOptions {
  const prng = new Prng(seed, 'options');
  const faultMs = 20_000 + prng.int(4 * MINUTE_MS);
  const maybe = (draw: () => number) => (prng.chance(0.5) ? draw() : 0);
  const every = (meanMs: number) => maybe(() => meanMs / 4 + prng.int(meanMs));
  const delayMs = 1 + prng.int(prng.chance(0.2) ? 800 : 80);
  return {
    seed,
    tabs: drawTabs(prng),
    workersMax: 1 + prng.int(4),
    jobs: Array.from({ length: 1 + prng.int(4) }, () => drawJob(prng, faultMs)),
    delayMs,
    jitterMs: prng.int(delayMs + 1),
    lossShare: maybe(() => prng.float() * 0.002),
    breakEveryMs: every(20_000),
    partitionEveryMs: every(40_000),
    freezeEveryMs: every(20_000),
    churnEveryMs: every(15_000),
    donorEveryMs: every(30_000),
    politeShare: prng.float(),
    newIdentityShare: maybe(() => prng.float()),
    fetchFailShare: maybe(() => prng.float() * 0.3),
    faultMs,
    calmMs: 60 * MINUTE_MS,
    crashEveryMs: every(40_000),
    foldEveryMs: every(20_000),
    commitMsMax: maybe(() => 1 + prng.int(prng.chance(0.2) ? 2_000 : 50)),
    stallEveryMs: every(40_000),
    hasSkew: prng.chance(0.5),
  };
}

function drawTabs(prng: Prng): WorldOptions['tabs'] {
  // Enough honest ones that every quorum can be reached without the others.
  const tabs: Partial<Record<Behaviour, number>> = {
    honest: 5 + prng.int(prng.chance(0.2) ? 60 : 12),
  };
  for (const behaviour of BEHAVIOURS.slice(1)) {
    if (prng.chance(0.3)) tabs[behaviour] = 1 + prng.int(3);
  }
  return tabs;
}

function drawJob(prng: Prng, faultMs: number): JobPlan {
  const isList = prng.chance(0.4);
  const hasFiles = prng.chance(0.3);
  const taskMs = [0.5, 5, 50, 500, 5_000][prng.int(5)] as number;
  const minQuorum = 1 + prng.int(3);
  // About half a minute to ten minutes of one worker, whatever a task costs.
  const tasks = Math.min(3_000, Math.ceil((30_000 + prng.int(600_000)) / taskMs));
  return jobPlan({
    tasks,
    chunkTasks: isList ? 1 + prng.int(Math.max(8, Math.ceil(tasks / 4))) : undefined,
    chunkBytes: prng.chance(0.5) ? 1_000 : LIMITS.INLINE_SHARD_BYTES + 1 + prng.int(500_000),
    isOpen: isList && prng.chance(0.5),
    quorum: quorumOf(minQuorum, minQuorum + prng.int(2)),
    priority: prng.int(10),
    taskMs,
    throwShare: prng.chance(0.3) ? prng.float() * 0.05 : 0,
    moduleBytes: prng.chance(0.7) ? 4_000 : 100_000,
    fileShards: hasFiles ? 1 + prng.int(5) : 0,
    submitAtMs: prng.int(faultMs / 2),
    pauseAtMs: prng.chance(0.2) ? prng.int(faultMs) : undefined,
    resumeAfterMs: prng.int(30_000),
    cancelAtMs: prng.chance(0.1) ? prng.int(faultMs) : undefined,
  });
}
