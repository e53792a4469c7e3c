import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Allowance, allowance, type Facts, levelOf } from './allowance.ts';
import { HOURS_A_WEEK, type HoursText } from './quiet-hours.ts';
import { firstRules, MONTH_HOURS, type Rules, readRules, STORAGE_MIB } from './rules.ts';

const FIRST = firstRules({ handheld: false, workers: undefined });
const change = fc.constantFrom('same', 'quiet', 'pause');

const rulesOf: fc.Arbitrary<Rules> = fc.record({
  power: fc.constantFrom('quiet', 'balanced', 'full', 'custom'),
  workers: fc.integer({ min: 1, max: 128 }),
  duty: fc.double({ min: 0.1, max: 1, noNaN: true }),
  idle: fc.constantFrom('same', 'quiet', 'balanced', 'full', 'pause'),
  battery: change,
  metered: change,
  pressure: change,
  quietHours: fc
    .array(fc.constantFrom('0', '0', '0', '1'), {
      minLength: HOURS_A_WEEK,
      maxLength: HOURS_A_WEEK,
    })
    .map((hours) => hours.join('') as HoursText),
  pausedUntil: fc.integer({ min: 0, max: 4e12 }),
  storageMiB: fc.constantFrom(...STORAGE_MIB),
  monthHours: fc.constantFrom(...MONTH_HOURS),
  blocked: fc.constant([]),
  followed: fc.constant([]),
  onlyFollowed: fc.boolean(),
});

/** The right names with anything in them. */
const wild = fc.record(
  Object.fromEntries(Object.keys(FIRST).map((name) => [name, fc.anything()])) as Record<
    string,
    fc.Arbitrary<unknown>
  >,
);
const told = fc.option(fc.boolean(), { nil: undefined });

const factsOf: fc.Arbitrary<Facts> = fc.record({
  at: fc.date({ min: new Date(2024, 0, 1), max: new Date(2030, 0, 1), noInvalidDate: true }),
  cores: fc.integer({ min: 1, max: 128 }),
  isIdle: told,
  onBattery: told,
  savesData: told,
  isPressed: told,
  monthBusyMs: fc.integer({ min: 0, max: 1e9 }),
});

const coresOf = (now: Allowance) => (now.rest === undefined ? now.workers * now.duty : 0);
const holds = (property: (rules: Rules, facts: Facts) => void) =>
  fc.assert(fc.property(rulesOf, factsOf, property), { numRuns: 1_000 });

test('[UI250] never more than the person chose for the device as it is used', () => {
  holds((rules, facts) => {
    const { power, workers, duty, idle } = rules;
    const usual = power === 'custom' ? { workers, duty } : levelOf(power, facts.cores);
    const own = facts.isIdle && idle !== 'same' && idle !== 'pause';
    const most = own ? levelOf(idle, facts.cores) : usual;
    expect(coresOf(allowance(rules, facts))).toBeLessThanOrEqual(most.workers * most.duty);
  });
});

test('[UI250] a signal that is told and asks for less never gives more', () => {
  for (const signal of ['onBattery', 'savesData', 'isPressed'] as const)
    holds((rules, facts) => {
      const with_ = allowance(rules, { ...facts, [signal]: true });
      const without = allowance(rules, { ...facts, [signal]: false });
      expect(coresOf(with_)).toBeLessThanOrEqual(coresOf(without));
    });
});

test('[UI250] what is not told is as if it were not so', () => {
  for (const signal of ['onBattery', 'savesData', 'isPressed', 'isIdle'] as const)
    holds((rules, facts) => {
      const unknown = allowance(rules, { ...facts, [signal]: undefined });
      expect(unknown).toEqual(allowance(rules, { ...facts, [signal]: false }));
    });
});

test('[UI250] rest has a reason that is so, and an end that is ahead', () => {
  holds((rules, facts) => {
    const now = allowance(rules, facts);
    if (now.rest === undefined) return;
    if (now.until !== undefined) expect(now.until).toBeGreaterThan(facts.at.getTime());
    const asked = {
      paused: rules.pausedUntil > facts.at.getTime(),
      'quiet-hours': rules.quietHours.includes('1'),
      month: rules.monthHours > 0,
      metered: facts.savesData === true && rules.metered === 'pause',
      battery: facts.onBattery === true && rules.battery === 'pause',
      pressure: facts.isPressed === true && rules.pressure === 'pause',
      idle: facts.isIdle === true && rules.idle === 'pause',
    };
    expect(asked[now.rest]).toBe(true);
  });
});

test('[UI250] rest by the clock is over at its end, and not before', () => {
  holds((rules, facts) => {
    const now = allowance(rules, facts);
    if (now.rest === undefined || now.until === undefined) return;
    const at = (ms: number) => allowance(rules, { ...facts, at: new Date(ms) }).rest;
    expect(at(now.until - 1)).toBe(now.rest);
    expect(at(now.until)).not.toBe(now.rest);
  });
});

test('[UI250] what was stored comes back, and nothing stored can be more than a rule may be', () => {
  holds((rules) => {
    expect(readRules(JSON.parse(JSON.stringify(rules)), FIRST)).toEqual(rules);
  });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), wild), (stored) => {
      const rules = readRules(stored, FIRST);
      expect(readRules(rules, FIRST)).toEqual(rules);
      expect(rules.duty).toBeLessThanOrEqual(1);
      expect(Number.isInteger(rules.workers) && rules.workers <= 128).toBe(true);
    }),
  );
});
