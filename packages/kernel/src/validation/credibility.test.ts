import { describe, expect, test } from 'vitest';
import { anchorAt, credibility, ErrorPrior, errorChance } from './credibility.ts';
import { isUnreliable } from './reputation.ts';
import { Standing } from './standing.ts';
import { TIERS } from './tiers.ts';

/** A volunteer with so many checked results and no fault, at the prior of the vectors. */
const known = (checked: number) => errorChance({ checked, faults: 0 }, 0.05);
const FRESH = known(0);
const DAY = 86_400_000;

describe('the credibility of a group', () => {
  test.each([
    [[[FRESH]], [0.95]],
    [[[FRESH, FRESH]], [0.997238]],
    [[[FRESH, FRESH, FRESH]], [0.999854]],
    [[[known(10)]], [0.995]],
    [[[known(50)]], [0.999]],
    [[[known(10), FRESH]], [0.999736]],
    [
      [[FRESH, FRESH], [known(20)]],
      [0.4744, 0.5243],
    ],
    [[[FRESH, FRESH, FRESH], [known(20)]], [0.9449]],
  ])('[VA11] of %j is %j', (groups, expected) => {
    const found = credibility(groups);
    expected.forEach((chance, i) => void expect(found[i]).toBeCloseTo(chance, 4));
  });

  test('[VA11] with those of the other groups and of none adds up to one', () => {
    const groups = [[FRESH, known(3)], [known(20)], [FRESH]];
    const none = groups.flat().reduce((product, p) => product * p, 1);
    const only = groups.map((_, i) =>
      groups.reduce((product, group, j) => {
        return group.reduce((chance, p) => chance * (i === j ? 1 - p : p), product);
      }, 1),
    );
    const total = only.reduce((sum, chance) => sum + chance, none);
    const found = credibility(groups);
    expect(found.reduce((sum, chance) => sum + chance, none / total)).toBeCloseTo(1, 12);
  });

  test('[VA11] accepts one execution only where its tier says so', () => {
    const alone = (checked: number) => credibility([[known(checked)]])[0] as number;
    const isEnough = (tier: keyof typeof TIERS, checked: number) =>
      checked >= TIERS[tier].singleAt && alone(checked) >= 1 - TIERS[tier].epsilon - 1e-12;
    expect([4, 5].map((checked) => isEnough('draft', checked))).toEqual([false, true]);
    expect([49, 50].map((checked) => isEnough('standard', checked))).toEqual([false, true]);
    expect(isEnough('strict', 1_000)).toBe(false);
  });
});

describe('a volunteer nobody knows', () => {
  test('[VA12] is wrong as often as those before it were, within bounds', () => {
    const prior = new ErrorPrior();
    expect(prior.value).toBeCloseTo(0.05, 12);
    prior.learn(10_000, false, false);
    expect(prior.value).toBe(0.02);
    prior.learn(10_000, true, false);
    expect(prior.value).toBe(0.2);
    expect([prior.known, prior.alarm]).toEqual([0.001, 0.001]);
    prior.learn(20, true, true);
    expect(prior.alarm).toBeGreaterThan(0.09);
    prior.learn(2_000, false, true);
    expect(prior.alarm).toBeLessThan(0.001);
    expect(prior.known).toBeGreaterThan(0.004);
  });

  test('[VA12] with faults is taken for at most a coin', () => {
    expect(errorChance({ checked: 0, faults: 1 }, 0.05)).toBeCloseTo(0.1, 12);
    expect(errorChance({ checked: 0, faults: 100 }, 0.05)).toBe(0.5);
    expect(errorChance({ checked: 10, faults: 1 }, 0.05)).toBeCloseTo(0.01, 12);
  });
});

describe('an anchor', () => {
  test('[VA13] has as many checked results as the upper third, from 3 to 10', () => {
    expect(anchorAt([])).toBe(3);
    expect(anchorAt([0, 0, 0])).toBe(3);
    expect(anchorAt([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(7);
    expect(anchorAt([90, 100, 110])).toBe(10);
  });
});

describe('what a volunteer is known for', () => {
  test('[VA14] fades: checked results by half in 14 days, faults in 7', () => {
    const standing = new Standing({ checked: 0, faults: 0, at: 0 });
    standing.convict(0);
    standing.confirm(64, 0);
    expect(standing.checked(14 * DAY)).toBeCloseTo(32, 9);
    expect(standing.faults(14 * DAY)).toBeCloseTo(0.25, 9);
    standing.confirm(8, 14 * DAY);
    expect(standing.checked(14 * DAY)).toBeCloseTo(40, 9);
  });

  test('[VA14] has a bound, and is lost with one wrong result', () => {
    const standing = new Standing({ checked: 0, faults: 0, at: 0 });
    standing.confirm(1e9, 0);
    expect(standing.checked(0)).toBe(1_000);
    standing.convict(1);
    expect([standing.checked(1), standing.faults(1)]).toEqual([0, 1]);
  });

  test('[VA15] is worth nothing after three faults within fifty checked results', () => {
    const many = { valid: 10_000, invalid: 3 };
    expect(isUnreliable({ ...many, faultsAt: [9_950, 9_990, 10_001] })).toBe(false);
    expect(isUnreliable({ ...many, faultsAt: [9_953, 9_990, 10_001] })).toBe(true);
    expect(isUnreliable({ ...many, faultsAt: [9_990, 10_001] })).toBe(false);
  });
});
