import { describe, expect, test } from 'vitest';
import { calmWorld, drawOptions, jobPlan, quorumOf } from './options.ts';
import { REGRESSIONS } from './regressions.ts';
import { runWorld } from './run.ts';

// Whole worlds from seeds. What they model and what not is said in docs/SIMULATION.md; `npm run sim` runs more of them.

const SEEDS = Array.from({ length: 40 }, (_, i) => 1_001 + i);

describe('worlds with faults', () => {
  test.each(REGRESSIONS)('seed $seed, which once found that $found', ({ seed }) => {
    expect(runWorld(seed).problem).toBe(undefined);
  });

  test.each(SEEDS)('[CO1] seed %i breaks no rule, and everything ends', (seed) => {
    const report = runWorld(seed);
    expect(report.problem, `again: SEED=${seed} npm run sim`).toBe(undefined);
    expect(report.tasks).toBeGreaterThan(0);
  });
});

describe('one seed decides everything', () => {
  test('[CO8] the same seed twice gives the same trace', () => {
    for (const seed of [3, 9]) {
      const [first, second] = [runWorld(seed), runWorld(seed)];
      expect(second).toEqual(first);
      expect(first.rows).toBeGreaterThan(100);
    }
  });

  test('another seed gives another trace', () => {
    expect(runWorld(9).hash).not.toBe(runWorld(10).hash);
  });

  test('reading along changes nothing', () => {
    const rows: string[] = [];
    const read = runWorld(9, { print: (row) => rows.push(row) });
    expect(read.hash).toBe(runWorld(9).hash);
    expect(rows[0]).toBe(`seed 9 ${JSON.stringify(drawOptions(9))}`);
    expect(rows).toHaveLength(read.rows + 1);
  });
});

test('[SC7] a thousand volunteers finish a job without a fault', () => {
  const report = runWorld(
    calmWorld({
      tabs: { honest: 1_000 },
      jobs: [jobPlan({ tasks: 20_000, quorum: quorumOf(1) })],
    }),
    { checkers: [] },
  );
  expect(report.problem).toBe(undefined);
  expect(report.virtualMs).toBeLessThan(60_000);
});
