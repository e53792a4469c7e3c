import type { JobRecord, WorkMessage } from '@manytabs/kernel';
import {
  type AssignMessage,
  Column,
  leaseId,
  type SessionId,
  type ShardId,
  sessionId,
  type VolunteerId,
} from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../facts.ts';
import { calmWorld, jobPlan, quorumOf, type WorldOptions } from '../options.ts';
import { columnOf, PlannedJob } from '../workload.ts';
import { allCheckers } from './checker.ts';
import { FairnessChecker } from './fairness-checker.ts';

// A checker that never sees anything wrong is worth nothing: each is shown what it must not let pass.

const ONE = 'vone' as VolunteerId;
const PROOF = new Uint8Array(8);
const TWO = 'vtwo' as VolunteerId;

function setup(changes: Partial<WorldOptions> = {}, plan = jobPlan({ quorum: quorumOf(2) })) {
  const options = calmWorld({ ...changes, jobs: [plan] });
  const checkers = allCheckers(options);
  const job = new PlannedJob(plan, 0, 1);
  const { jobId } = job;
  const tell = (fact: (facts: Facts) => void) => {
    for (const checker of checkers) fact(checker);
  };
  tell((facts) => facts.onSubmitted?.(0, job));
  const join = (session: number, volunteer: VolunteerId) =>
    tell((facts) => facts.onJoined?.(0, sessionId(session), volunteer));
  join(1, ONE);
  join(2, TWO);
  const bytes = (from: number, to: number, flip = 0) =>
    columnOf(Array.from({ length: to - from }, (_, i) => (job.honestValue(from + i) ^ flip) >>> 0));
  const assign = (session: number, lease: number, from = 0, to = 4, at = 0) => {
    const range = { from, to, expiresInMs: 1_000, proof: PROOF };
    const message: AssignMessage = { type: 'assign', jobId, lease: leaseId(lease), ...range };
    tell((facts) => facts.onAssigned?.(at, sessionId(session), message));
  };
  const deliver = (session: number, message: WorkMessage, at = 10) =>
    tell((facts) => facts.onDelivered?.(at, sessionId(session), message));
  const report = (session: number, lease: number, { at = 10, flip = 0, from = 0, to = 4 } = {}) => {
    const values = bytes(from, to, flip);
    deliver(session, { type: 'results', lease: leaseId(lease), from, values, busyMs: 1 }, at);
  };
  const record = (what: JobRecord) => tell((facts) => facts.onRecord?.(what));
  const final = (voters: VolunteerId[], { flip = 0, from = 0, to = 4 } = {}) => {
    const column = Column.parse(from, bytes(from, to, flip));
    record({ type: 'tasks-final', at: 20, jobId, column, voters });
  };
  return { checkers, job, jobId, tell, join, assign, deliver, report, record, final };
}

describe('what is right passes', () => {
  test('[VA1] two votes of two identities', () => {
    const { assign, report, final } = setup();
    assign(1, 1);
    assign(2, 2);
    report(1, 1);
    report(2, 2);
    final([ONE, TWO]);
  });
});

describe('the quorum checker', () => {
  const voted = () => {
    const world = setup();
    world.assign(1, 1);
    world.assign(2, 2);
    return world;
  };

  test('sees too few votes', () => {
    const { report, final } = voted();
    report(1, 1);
    expect(() => final([ONE])).toThrow('1 votes of 2');
  });

  test('sees one identity twice', () => {
    const { report, final } = voted();
    report(1, 1);
    expect(() => final([ONE, ONE])).toThrow('voted twice');
  });

  test('sees a wrong value, unless enough conspire', () => {
    const { report, final } = voted();
    report(1, 1, { flip: 1 });
    report(2, 2, { flip: 1 });
    expect(() => final([ONE, TWO], { flip: 1 })).toThrow('wrong value');
    const conspiracy = setup({ tabs: { colluder: 2 } });
    conspiracy.assign(1, 1);
    conspiracy.assign(2, 2);
    conspiracy.report(1, 1, { flip: 1 });
    conspiracy.report(2, 2, { flip: 1 });
    conspiracy.final([ONE, TWO], { flip: 1 });
  });

  test('sees a task that throws and is final', () => {
    const { assign, report, final } = setup({}, jobPlan({ throwShare: 1 }));
    assign(1, 1);
    report(1, 1);
    expect(() => final([ONE])).toThrow('throws, yet is final');
  });
});

describe('the lease checker', () => {
  const flawed = (spoil: (world: ReturnType<typeof setup>) => void) => {
    const world = setup({}, jobPlan());
    world.assign(1, 1);
    spoil(world);
    return () => world.final([ONE]);
  };

  test('sees a vote that never came', () => {
    expect(flawed(() => undefined)).toThrow('nothing of the kind');
  });

  test('[LE4] sees a vote under an expired lease', () => {
    expect(flawed(({ report }) => report(1, 1, { at: 1_251 }))).toThrow('it had expired');
    expect(flawed(({ report }) => report(1, 1, { at: 1_250 }))).not.toThrow();
  });

  test('[LE4] sees a vote under a revoked lease', () => {
    const spoil = ({ tell, report }: ReturnType<typeof setup>) => {
      tell((facts) => facts.onRevoked?.(5, sessionId(1), [leaseId(1)]));
      report(1, 1);
    };
    expect(flawed(spoil)).toThrow('it was revoked');
  });

  test('[LE4] sees a vote under the lease of a link that is gone', () => {
    const spoil = ({ tell, join, report }: ReturnType<typeof setup>) => {
      tell((facts) => facts.onLeft?.(5, sessionId(1)));
      join(3, ONE);
      report(3, 1);
    };
    expect(flawed(spoil)).toThrow('of somebody else');
  });

  test('[LE4] sees a vote under the lease of somebody else', () => {
    const world = setup({}, jobPlan());
    world.assign(1, 1);
    world.report(2, 1);
    expect(() => world.final([TWO])).toThrow('of somebody else');
  });

  test('[VA2] sees two copies of a task on one identity', () => {
    const { assign, report, final } = setup({}, jobPlan());
    assign(1, 1);
    assign(1, 2, 3, 5);
    report(1, 1);
    expect(() => final([ONE])).toThrow('two copies');
  });
});

describe('the conservation checker', () => {
  test('sees a task decided twice', () => {
    const { assign, report, final } = setup({}, jobPlan());
    assign(1, 1);
    report(1, 1);
    final([ONE]);
    expect(() => final([ONE], { from: 3, to: 4 })).toThrow('decided twice');
  });

  test('sees a job that ends too early', () => {
    const { record, jobId } = setup();
    const end = { type: 'job-state', at: 9, jobId, state: 'done', reason: '' } as const;
    expect(() => record(end)).toThrow('0 of 100 tasks decided');
  });

  test('sees a failure without a reason', () => {
    const { record, jobId } = setup();
    const failure = { code: 'task-crashed', message: '', attempts: 1, tries: [] } as const;
    expect(() => record({ type: 'task-failed', at: 9, jobId, index: 1, ...failure })).toThrow(
      'for no reason',
    );
  });
});

describe('after a crash', () => {
  const claim = (world: ReturnType<typeof setup>, changes: object = {}): WorkMessage => ({
    type: 'resume',
    leases: [
      { lease: leaseId(1), jobId: world.jobId, from: 0, to: 4, proof: PROOF, next: 0, ...changes },
    ],
  });
  const setupCrash = (resumed: (world: ReturnType<typeof setup>) => WorkMessage, by = ONE) => {
    const world = setup({}, jobPlan());
    world.assign(1, 1);
    for (const session of [1, 2]) world.tell((facts) => facts.onLeft?.(5, sessionId(session)));
    world.tell((facts) => facts.onCrashed?.(5));
    world.join(3, by);
    world.deliver(3, resumed(world), 2_000);
    world.report(3, 1, { at: 2_001 });
    return world;
  };

  test('[LE21] a vote under a lease that was taken up again passes', () => {
    setupCrash(claim).final([ONE]);
  });

  test('[LE22] the lease checker sees a proof that is none, and one of somebody else', () => {
    const forged = setupCrash((world) => claim(world, { proof: new Uint8Array(8).fill(1) }));
    expect(() => forged.final([ONE])).toThrow('of somebody else');
    expect(() => setupCrash(claim, TWO).final([TWO])).toThrow('of somebody else');
  });

  test('[LE26] the lease checker sees a vote on what was said before', () => {
    const early = setupCrash((world) => claim(world, { next: 2 }));
    expect(() => early.final([ONE])).toThrow('reported before');
  });

  test('[CO60] the lease checker sees a vote that was never written count', () => {
    const world = setup();
    world.assign(1, 1);
    world.report(1, 1);
    world.tell((facts) => facts.onCrashed?.(50));
    world.assign(2, 2);
    world.report(2, 2);
    expect(() => world.final([ONE, TWO])).toThrow('nothing of the kind');
  });

  test('[CO61] the restart checker sees decided tasks handed out, and [CO68] a job forgotten', () => {
    const { assign, report, final, tell } = setup({}, jobPlan());
    assign(1, 1);
    report(1, 1);
    final([ONE]);
    expect(() => assign(2, 2, 3, 5)).toThrow('task 3 of job 0 was decided and handed out');
    expect(() => tell((facts) => facts.onRestarted?.(60, []))).toThrow('forgotten');
  });
});

describe('the others', () => {
  test('[SC11] the speculation checker sees more than a tenth to spare', () => {
    const { checkers, join, assign } = setup({}, jobPlan());
    for (let i = 3; i < 10; i++) join(i, `v${i}` as VolunteerId);
    for (let i = 1; i < 10; i++) assign(i, i);
    expect(() => checkers.map((checker) => checker.judge?.())).toThrow('to spare');
  });

  test('the bounds checker sees a bundle without end', () => {
    const { assign } = setup({}, jobPlan({ tasks: 10_000 }));
    expect(() => assign(1, 1, 0, 5_000)).toThrow('5000 tasks');
  });

  test('[SH2] the shard checker sees a shard with one copy, and [SH6] one too many', () => {
    const { checkers, job, tell } = setup({}, jobPlan({ fileShards: 1 }));
    const file = job.spec().program.files[0]?.shards[0]?.shard as ShardId;
    tell((facts) => facts.onStore?.(ONE, new Set([file])));
    tell((facts) => facts.onStore?.(TWO, new Set()));
    expect(() => checkers.map((checker) => checker.judgeReplicas?.())).toThrow('1 copies');
    expect(() => checkers.map((checker) => checker.judgeDropped?.(() => 1e6))).toThrow(
      'nobody wants',
    );
  });

  test('[SC6] the fairness checker sees one job starve', () => {
    const checker = new FairnessChecker();
    const jobs = [0, 1].map((number) => new PlannedJob(jobPlan(), number, 1));
    jobs.forEach((job, i) => {
      checker.onSubmitted(0, job);
      const range = { from: 0, to: 1, expiresInMs: 1, proof: PROOF };
      const lease = leaseId(i);
      checker.onAssigned(0, 1 as SessionId, { type: 'assign', jobId: job.jobId, lease, ...range });
      const values = new Uint8Array();
      const busyMs = 1 + 9 * i;
      checker.onDelivered(0, 1 as SessionId, { type: 'results', lease, from: 0, values, busyMs });
    });
    expect(() => checker.judge()).toThrow('one job got 10 ms and another 1 ms');
  });
});
