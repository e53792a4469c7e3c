import { Column, type VolunteerId } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Compaction } from './compaction.ts';
import { Coordinator } from './coordinator.ts';
import type { ReplayedJobRecord } from './effect.ts';
import { RunSet } from './run-set.ts';
import { columnBytes, QUORUM_2, testJobId, testSpec, testVolunteerId } from './test-grid.ts';

const JOB = testJobId(1);
const [A, B, C] = [1, 2, 3].map(testVolunteerId) as [VolunteerId, VolunteerId, VolunteerId];

const submitted = (tasks: number): ReplayedJobRecord => ({
  type: 'job-submitted',
  at: 1_000,
  jobId: JOB,
  owner: 'me',
  spec: testSpec({ tasks, quorum: QUORUM_2 }),
});
const final = (from: number, to: number, voters = [A, B]): ReplayedJobRecord => ({
  type: 'tasks-final',
  at: 2_000 + from,
  jobId: JOB,
  from,
  to,
  voters,
  bytes: 10 * (to - from),
});
const vote = (from: number, to: number, volunteer = A): ReplayedJobRecord => ({
  type: 'vote-received',
  at: 2_000,
  jobId: JOB,
  volunteer,
  column: Column.parse(
    from,
    columnBytes(from, to, () => 1),
  ),
});
const failed = (index: number): ReplayedJobRecord => ({
  type: 'task-failed',
  at: 3_000,
  jobId: JOB,
  index,
  code: 'task-threw',
  message: `for ${index % 2}`,
  attempts: 2,
  tries: [],
});
const disagreed = (index: number): ReplayedJobRecord => ({
  type: 'volunteers-disagreed',
  at: 2_500,
  jobId: JOB,
  index,
  winners: [A, B],
  losers: [C],
});

function fold(records: readonly ReplayedJobRecord[], keep = 0): ReplayedJobRecord[] {
  const compaction = new Compaction<ReplayedJobRecord>(keep);
  for (const record of records) compaction.add(record, record);
  const { head, settlement, rest } = compaction.finish();
  return [...head, ...(settlement ? [settlement] : []), ...rest];
}

/** What people and the machine know of the job, but for how fast it went lately. */
function known(records: readonly ReplayedJobRecord[]) {
  const machine = new Coordinator({ seed: 1, epoch: 2 });
  for (const record of records) machine.replay(record);
  machine.check();
  const view = machine.job(JOB);
  const { tasksPerSecond: _, etaMs: __, ...rest } = view ?? { tasksPerSecond: 0, etaMs: 0 };
  return { ...rest, disagreed: machine.disagreements(JOB) };
}

test('[CO95] a folded journal replays to the same job, and folding it again changes nothing', () => {
  const records = [
    submitted(1_000),
    ...Array.from({ length: 50 }, (_, i) => [
      vote(i * 10, i * 10 + 10),
      final(i * 10, i * 10 + 10),
    ]).flat(),
    disagreed(600),
    final(600, 610),
    ...Array.from({ length: 9 }, (_, i) => failed(700 + i)),
    vote(800, 820),
    vote(810, 830, B),
  ];
  const folded = fold(records);
  expect(folded).toHaveLength(6);
  expect(known(folded)).toEqual(known(records));
  expect(fold(folded)).toEqual(folded);
  expect(known(fold([...folded, final(800, 820), final(900, 1_000)]))).toEqual(
    known([...records, final(800, 820), final(900, 1_000)]),
  );
});

test('[CO95] whatever was decided in whatever order, and wherever it is folded', () => {
  const pieces = Array.from({ length: 20 }, (_, i) => i);
  const shuffled = fc.shuffledSubarray(pieces);
  const kinds = fc.array(fc.constantFrom('final', 'failed', 'vote', 'fold', 'disagreed'), {
    minLength: 20,
    maxLength: 20,
  });
  fc.assert(
    fc.property(shuffled, kinds, fc.nat(10), (order, kind, keep) => {
      const records: ReplayedJobRecord[] = [submitted(100)];
      let folded: ReplayedJobRecord[] = [submitted(100)];
      for (const [i, piece] of order.entries()) {
        const from = piece * 5;
        if (kind[i] === 'fold') folded = fold(folded, keep);
        const fresh: ReplayedJobRecord[] = [];
        if (kind[i] === 'final') fresh.push(final(from, from + 5));
        if (kind[i] === 'failed') fresh.push(failed(from));
        if (kind[i] === 'vote') fresh.push(vote(from, from + 5, C));
        if (kind[i] === 'disagreed') fresh.push(disagreed(from), final(from, from + 5));
        records.push(...fresh);
        folded.push(...fresh);
      }
      expect(known(fold(folded, keep))).toEqual(known(records));
    }),
  );
});

test('[CO95] a set of runs holds what was added, in as few runs as there are', () => {
  const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const set = new RunSet();
      const plain = new Set<number>();
      for (const [from, count] of ranges) {
        set.add(from, from + count);
        for (let i = from; i < from + count; i++) plain.add(i);
      }
      const runs = [...plain].sort((a, b) => a - b);
      const bounds = runs.flatMap((n) => [
        ...(plain.has(n - 1) ? [] : [n]),
        ...(plain.has(n + 1) ? [] : [n + 1]),
      ]);
      expect(set.toArray()).toEqual(bounds);
      expect(set.size).toBe(plain.size);
      for (let i = 0; i < 70; i++)
        expect(set.holds(i, i + 2)).toBe(plain.has(i) && plain.has(i + 1));
    }),
  );
});
