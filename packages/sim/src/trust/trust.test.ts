import { expect, test } from 'vitest';
import { Crowd } from './crowd.ts';
import { crowdOf, RULES, type Rule, SCENARIOS, type Scenario } from './scenarios.ts';
import { brokenPromise, measure } from './table.ts';

const rule = (name: string) => RULES.find((other) => other.name === name) as Rule;
const scenario = (name: string) => SCENARIOS.find((other) => other.name === name) as Scenario;
const SMALL = { seeds: [1], scale: 0.25 };
/** A crowd is some tens of thousands of steps, and the machine may be busy. */
const LONG = { timeout: 60_000 };

test('[VA20] honest volunteers that stay cost far less than two executions a task', LONG, () => {
  const cell = measure(scenario('clean, long-lived'), rule('standard'), SMALL);
  expect(cell.cost).toBeLessThan(1.7);
  expect(cell.undecided).toBe(0);
  expect(brokenPromise({ ...cell, scenario: 'clean, long-lived', cost: 1.6 })).toContain('1.5');
});

test.each(['5 % collude', '20 % collude', '40 % collude', '20 % reborn for free'])(
  '[VA11] with %s few wrong results are believed, and fewer than by a plain quorum',
  LONG,
  (name) => {
    const standard = measure(scenario(name), rule('standard'), SMALL);
    expect(standard.undecided).toBe(0);
    expect(standard.wrongShare).toBeLessThan(4e-3);
    const strict = measure(scenario(name), rule('strict'), SMALL);
    expect(strict.wrongShare).toBeLessThan(1e-3);
    expect(strict.undecided).toBe(0);
  },
);

test.each(['clean', '20 % collude', '40 % collude'])(
  '[VA30] with %s results that are checked cost hardly more than one execution, and are right',
  LONG,
  (name) => {
    const cell = measure(scenario(name), rule('verify'), SMALL);
    expect(cell.undecided).toBe(0);
    expect(cell.cost).toBeLessThan(1.3);
    expect(cell.wrongShare).toBeLessThan(1e-3);
  },
);

test('[VA15] everybody who always lies is shut out', LONG, () => {
  const outcome = new Crowd(crowdOf(scenario('20 % collude'), rule('standard'), 3, 0.25)).run();
  expect(outcome.caught).toBeGreaterThanOrEqual(10);
  expect(outcome.innocent).toBeLessThanOrEqual(1);
});

test('[VA3] the same seed is the same crowd', LONG, () => {
  const options = crowdOf(scenario('20 % sleep, lie after 15'), rule('draft'), 5, 0.1);
  const [a, b] = [new Crowd(options).run(), new Crowd(options).run()];
  expect({ ...a, stepMs: 0 }).toEqual({ ...b, stepMs: 0 });
});
