import { describe, expect, test } from 'vitest';
import { allCheckers } from './checkers/checker.ts';
import { FairnessChecker } from './checkers/fairness-checker.ts';
import { calmWorld, jobPlan, quorumOf, type WorldOptions } from './options.ts';
import { type Report, type RunTools, runWorld } from './run.ts';

// Worlds made for one question each. The usual checkers watch; a scenario says what it is about.

function run(changes: Partial<WorldOptions>, tools: RunTools = {}): Report & { log: string[] } {
  const log: string[] = [];
  const report = runWorld(calmWorld(changes), { ...tools, print: (row) => log.push(row) });
  expect(report.problem).toBe(undefined);
  return { ...report, log };
}

function count(log: readonly string[], what: string): number {
  return log.filter((row) => row.slice(15).startsWith(what)).length;
}

const TWO_VOTES = jobPlan({ tasks: 300, quorum: quorumOf(2) });
/** Faults last while the jobs run. */
const FAULT_MS = 60_000;

describe('leases', () => {
  test('[LE4] a result under a stale lease is refused', () => {
    const { log } = run({ tabs: { honest: 4, replayer: 3 }, jobs: [TWO_VOTES], faultMs: FAULT_MS });
    expect(count(log, 'reject')).toBeGreaterThan(0);
  });

  test('[LE4] a result under the lease of another is refused, and no wrong value gets in', () => {
    const jobs = [jobPlan({ tasks: 500, quorum: quorumOf(1) })];
    const { log } = run({ tabs: { honest: 3, thief: 2 }, jobs, faultMs: FAULT_MS });
    expect(count(log, 'reject')).toBeGreaterThan(0);
  });

  test('[LE6] a result sent twice counts once', () => {
    run({ tabs: { honest: 2, doubler: 3 }, jobs: [TWO_VOTES], faultMs: FAULT_MS });
  });

  test('[LE3] a volunteer that never reports loses its leases and the job ends', () => {
    const { virtualMs } = run({
      tabs: { honest: 2, mute: 3 },
      jobs: [TWO_VOTES],
      faultMs: 300_000,
    });
    expect(virtualMs).toBeGreaterThan(0);
  });
});

describe('votes', () => {
  test('[VA1] liars that do not conspire never get a wrong value in at quorum 2', () => {
    const { log } = run({ tabs: { honest: 4, liar: 4 }, jobs: [TWO_VOTES], faultMs: FAULT_MS });
    expect(count(log, 'job-ended')).toBe(1);
  });

  test('[VA1] one colluder is a liar like any other', () => {
    run({ tabs: { honest: 4, colluder: 1 }, jobs: [TWO_VOTES], faultMs: FAULT_MS });
  });

  test('[VA5] a task that throws fails everywhere, once, and the others are final', () => {
    run({ jobs: [jobPlan({ tasks: 300, throwShare: 0.1, quorum: quorumOf(2) })] });
  });
});

describe('faults of the network', () => {
  const jobs = [jobPlan({ tasks: 3_000, taskMs: 100, quorum: quorumOf(2) })];

  test('[CO1] links that break all the time lose and double nothing', () => {
    const { log } = run({ tabs: { honest: 8 }, jobs, faultMs: FAULT_MS, breakEveryMs: 1_000 });
    expect(count(log, 'break')).toBeGreaterThan(20);
  });

  test('[CO1] nor do lost packets, partitions and frozen tabs', () => {
    const options = { tabs: { honest: 8 }, jobs, faultMs: FAULT_MS };
    const { log } = run({
      ...options,
      lossShare: 0.02,
      partitionEveryMs: 8_000,
      freezeEveryMs: 4_000,
    });
    expect(count(log, 'partition')).toBeGreaterThan(3);
    expect(count(log, 'freeze')).toBeGreaterThan(3);
  });

  test('[CO1] nor do volunteers that come and go, under old names and new', () => {
    const options = { tabs: { honest: 8 }, jobs, faultMs: FAULT_MS };
    const { log } = run({ ...options, churnEveryMs: 1_500, newIdentityShare: 0.5 });
    expect(count(log, 'vanish')).toBeGreaterThan(5);
    expect(count(log, 'stop')).toBeGreaterThan(5);
  });

  test('[CO1] nor do donors that pause', () => {
    const { log } = run({ tabs: { honest: 4 }, jobs, faultMs: FAULT_MS, donorEveryMs: 3_000 });
    expect(count(log, 'pause')).toBeGreaterThan(5);
  });
});

describe('a coordinator that dies', () => {
  const jobs = [
    jobPlan({ tasks: 3_000, taskMs: 100, quorum: quorumOf(2) }),
    jobPlan({ tasks: 1_000, taskMs: 50, throwShare: 0.02 }),
  ];

  test('[CO60] again and again loses and doubles nothing', () => {
    const { log } = run({ tabs: { honest: 8 }, jobs, faultMs: 120_000, crashEveryMs: 4_000 });
    expect(count(log, 'crash')).toBeGreaterThan(5);
    expect(count(log, 'restart')).toBeGreaterThan(1);
    expect(count(log, 'takeover')).toBeGreaterThan(1);
    expect(count(log, 'restart') + count(log, 'takeover')).toBe(count(log, 'crash'));
    expect(count(log, 'job-ended')).toBe(2);
  });

  test('[CO60] nor with everything else that may go wrong, thieves of proofs among it', () => {
    const tabs = { honest: 8, liar: 2, thief: 2, replayer: 2, doubler: 1, mute: 1 };
    const faults = { breakEveryMs: 3_000, freezeEveryMs: 9_000, churnEveryMs: 9_000 };
    const options = { tabs, jobs: [jobs[0] ?? TWO_VOTES], faultMs: 120_000, ...faults };
    const { log } = run({ ...options, crashEveryMs: 6_000, lossShare: 0.005 });
    expect(count(log, 'crash')).toBeGreaterThan(5);
    expect(count(log, 'resume')).toBeGreaterThan(50);
  });

  test('[LE21] before any task is done sees all of them done: tabs go on with what they had', () => {
    const long = jobPlan({ tasks: 40, taskMs: 20_000 });
    const options = { tabs: { honest: 5 }, workersMax: 1, jobs: [long], faultMs: 1_800_000 };
    const { log } = run({ ...options, crashEveryMs: 8_000 });
    const ended = log.find((row) => row.slice(15).startsWith('job-ended'));
    const startedAt = Number(log[1]?.slice(0, 14));
    const crashes = log.slice(0, log.indexOf(ended ?? '')).filter((row) => /^\S+ crash/.test(row));
    expect(crashes.length).toBeGreaterThan(8);
    // Forty tasks of twenty seconds take five tabs three minutes; nobody is away for all of a life.
    expect(Number(ended?.slice(0, 14)) - startedAt).toBeLessThan(600);
    expect(count(log, 'results')).toBeLessThan(50);
  });
});

describe('shards', () => {
  const chunked = jobPlan({
    tasks: 400,
    chunkTasks: 20,
    chunkBytes: 200_000,
    isOpen: true,
    fileShards: 4,
    moduleBytes: 100_000,
  });

  test('[SH2] replicas lost with their tabs are made again', () => {
    const options = { tabs: { honest: 8 }, jobs: [chunked], faultMs: 120_000 };
    const { log } = run({ ...options, churnEveryMs: 5_000, politeShare: 0, newIdentityShare: 1 });
    expect(count(log, 'vanish')).toBeGreaterThan(5);
    expect(count(log, 'replicate')).toBeGreaterThan(10);
  });

  test('[VO13] tabs that cannot give a shard do not keep a job from ending', () => {
    run({ tabs: { honest: 6 }, jobs: [chunked], fetchFailShare: 0.9 });
  });
});

describe('fairness', () => {
  test('[SC6] two jobs of one priority get about the same', () => {
    const jobs = [jobPlan({ tasks: 2_000 }), jobPlan({ tasks: 500, taskMs: 200 })];
    const options = calmWorld({ tabs: { honest: 6 }, jobs });
    run({ ...options }, { checkers: [...allCheckers(options), new FairnessChecker()] });
  });

  test('[SC20] a short job ends within seconds behind a long one that has all workers', () => {
    const jobs = [
      jobPlan({ tasks: 8_000, taskMs: 100 }),
      jobPlan({ tasks: 10, taskMs: 10, submitAtMs: 60_000 }),
    ];
    const { log } = run({ tabs: { honest: 4 }, workersMax: 1, jobs });
    const [submitted, ended, long] = [
      'submit             #1',
      'job-ended          #1',
      'job-ended',
    ].map((what) => Number(log.findLast((row) => row.slice(15).startsWith(what))?.slice(0, 14)));
    // The long one takes four tabs three minutes and more.
    expect((ended ?? NaN) - (submitted ?? NaN)).toBeLessThan(5);
    expect((long ?? NaN) - (submitted ?? NaN)).toBeGreaterThan(100);
  });
});

describe('slow tabs', () => {
  test('[SC10] what a slow tab holds up is done by others, within a tenth more work', () => {
    const jobs = [jobPlan({ tasks: 400, taskMs: 500 })];
    const { virtualMs } = run({ tabs: { honest: 6, slow: 2 }, workersMax: 1, jobs });
    // 400 tasks of half a second on six workers take 33 s; the slow ones must not add minutes.
    expect(virtualMs).toBeLessThan(300_000);
  });
});
