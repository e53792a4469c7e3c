import { expect, test } from 'vitest';
import { RoadCheck } from './road-check.ts';

const CALLING = { state: 'connecting', problem: { code: 'unreachable', message: '' } } as const;

function setup(answers: boolean) {
  let asked = 0;
  let changed = 0;
  const check = new RoadCheck(
    () => changed++,
    async () => {
      asked++;
      return answers;
    },
  );
  return { check, counts: () => ({ asked, changed }) };
}

const settled = () => new Promise(setImmediate);

test('[UI253] a grid that answers while no road leads to it is behind something that blocks', async () => {
  const { check, counts } = setup(true);
  check.look(CALLING, 0);
  await settled();
  expect(check.isBlocked).toBe(true);
  check.look(CALLING, 1_000);
  expect(counts()).toEqual({ asked: 1, changed: 1 });
  check.look({ state: 'waiting', problem: undefined }, 2_000);
  expect(check.isBlocked).toBe(false);
});

test('[UI253] a grid that does not answer is not blocked, and a tab that is linked asks nothing', async () => {
  const { check, counts } = setup(false);
  check.look({ state: 'computing', problem: undefined }, 0);
  check.look({ state: 'connecting', problem: undefined }, 0);
  expect(counts().asked).toBe(0);
  check.look(CALLING, 0);
  await settled();
  expect(check.isBlocked).toBe(false);
  check.look(CALLING, 16_000);
  expect(counts().asked).toBe(2);
});
