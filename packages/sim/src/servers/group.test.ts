import { describe, expect, test } from 'vitest';
import { drawGroup, drawUncut } from './group-options.ts';
import { GROUP_REGRESSIONS } from './group-regressions.ts';
import { runGroup } from './run-group.ts';

// Several servers on one store: the real hosts and the real `Servers`. What is modelled is said in docs/SIMULATION.md.

const SEEDS = Array.from({ length: 40 }, (_, i) => 2_001 + i);
const BROKEN_MAX = 60;

describe('several servers with faults', () => {
  test.each(GROUP_REGRESSIONS)(
    '[CO250] seed $seed, which once found that $found',
    async ({ seed }) => {
      expect((await runGroup(drawUncut(seed))).problem).toBe(undefined);
    },
  );

  test.each(SEEDS)(
    '[SV2] [SV3] [SV5] [SV26] [CO241] [CO242] [CO243] group %i breaks no rule, and all ends',
    async (seed) => {
      const report = await runGroup(seed);
      expect(report.problem, `again: GROUP=${seed} npm run sim`).toBe(undefined);
      expect(report.tasks).toBeGreaterThan(0);
    },
  );
});

test('[CO8] the same seed gives the same group twice', async () => {
  for (const seed of [4, 471]) {
    const [first, second] = [await runGroup(seed), await runGroup(seed)];
    expect(second).toEqual(first);
    expect(first.rows).toBeGreaterThan(20);
  }
});

test('[CO242] a submitter that goes on from one number for all parts is found out', async () => {
  const problems: string[] = [];
  for (let seed = 1; seed <= BROKEN_MAX; seed++) {
    const world = { ...drawGroup(seed), partTasksMin: 10, isCursorBroken: true };
    const { problem } = await runGroup(world);
    if (problem !== undefined) problems.push(problem);
  }
  expect(problems.join('\n')).toMatch(/^(SV3|liveness):/m);
});

test.each([
  ['no-fence', /^(SV5|CO60|SV3):/m],
  ['forgetful', /^(SV2|SV3|CO60|liveness):/m],
] as const)('[SV5] over a store that is %s the checkers find out', async (mutation, found) => {
  const problems: string[] = [];
  for (let seed = 1; seed <= BROKEN_MAX && problems.length === 0; seed++) {
    const { problem } = await runGroup({ ...drawGroup(seed), mutation });
    if (problem !== undefined) problems.push(problem);
  }
  expect(problems.join('\n')).toMatch(found);
});
