import { describe, expect, test } from 'vitest';
import { allowance, type Facts, levelOf } from './allowance.ts';
import { NO_QUIET_HOURS, quietFor, toggleHour, weekHourOf } from './quiet-hours.ts';
import { firstRules, type Rules, readRules } from './rules.ts';

const FIRST = firstRules({ handheld: false, workers: undefined });
/** A Wednesday, 14:30 of whatever time zone the test runs in. */
const AT = new Date(2026, 10, 25, 14, 30);
const PLAIN: Facts = {
  at: AT,
  cores: 8,
  isIdle: undefined,
  onBattery: undefined,
  savesData: undefined,
  isPressed: undefined,
  monthBusyMs: 0,
};

const under = (rules: Partial<Rules>, facts: Partial<Facts> = {}) =>
  allowance({ ...FIRST, ...rules }, { ...PLAIN, ...facts });

describe('what may be computed', () => {
  test('[UI52] power is workers times duty', () => {
    expect(levelOf('quiet', 8)).toEqual({ workers: 2, duty: 0.5 });
    expect(levelOf('balanced', 8)).toEqual({ workers: 4, duty: 0.75 });
    expect(levelOf('full', 8)).toEqual({ workers: 8, duty: 1 });
    expect(under({ power: 'custom', workers: 3, duty: 0.4 })).toMatchObject({
      workers: 3,
      duty: 0.4,
    });
  });

  test.each<[Partial<Rules>, Partial<Facts>, string]>([
    [{ pausedUntil: AT.getTime() + 1 }, {}, 'paused'],
    [{ quietHours: toggleHour(NO_QUIET_HOURS, weekHourOf(AT)) }, {}, 'quiet-hours'],
    [{ monthHours: 10 }, { monthBusyMs: 36_000_000 }, 'month'],
    [{ metered: 'pause' }, { savesData: true }, 'metered'],
    [{ battery: 'pause' }, { onBattery: true }, 'battery'],
    [{ pressure: 'pause' }, { isPressed: true }, 'pressure'],
    [{ idle: 'pause' }, { isIdle: true }, 'idle'],
  ])('[UI53] %j under %j rests: %s', (rules, facts, rest) => {
    expect(under(rules, facts)).toMatchObject({ rest });
  });

  test('[UI53] what the browser does not tell changes nothing', () => {
    const strict = {
      battery: 'pause',
      metered: 'pause',
      pressure: 'pause',
      idle: 'pause',
    } as const;
    expect(under(strict)).toMatchObject({ rest: undefined, workers: 4, duty: 0.75 });
  });

  test('[UI53] a rule may ease instead of rest, and never adds', () => {
    expect(under({ battery: 'quiet' }, { onBattery: true })).toMatchObject({
      workers: 2,
      duty: 0.5,
    });
    const small = { power: 'custom', workers: 1, duty: 0.1, battery: 'quiet' } as const;
    expect(under(small, { onBattery: true })).toMatchObject({ workers: 1, duty: 0.1 });
  });

  test('[UI53] all of the device, once chosen, is not eased for the pressure it makes', () => {
    expect(under({ power: 'full' }, { isPressed: true })).toMatchObject({ workers: 8, duty: 1 });
    expect(under({ power: 'balanced' }, { isPressed: true })).toMatchObject({ workers: 2 });
  });

  test('[UI53] an idle device has a level of its own', () => {
    expect(under({ power: 'quiet', idle: 'full' }, { isIdle: true })).toMatchObject({ workers: 8 });
    expect(under({ power: 'quiet', idle: 'full' }, { isIdle: false })).toMatchObject({
      workers: 2,
    });
  });

  test('[UI54] rest by the clock tells its end', () => {
    const hour = weekHourOf(AT);
    const quietHours = toggleHour(toggleHour(NO_QUIET_HOURS, hour), hour + 1);
    const end = new Date(2026, 10, 25, 16, 0).getTime();
    expect(under({ quietHours })).toEqual({ rest: 'quiet-hours', until: end });
    const always = '1'.repeat(168) as typeof NO_QUIET_HOURS;
    expect(under({ quietHours: always })).toEqual({ rest: 'quiet-hours', until: undefined });
    expect(quietFor(NO_QUIET_HOURS, 0)).toBe(0);
  });
});

describe('rules that were stored', () => {
  test('[UI54] come back as they were', () => {
    const rules: Rules = { ...FIRST, power: 'custom', workers: 3, duty: 0.3, blocked: ['a'] };
    expect(readRules(JSON.parse(JSON.stringify(rules)), FIRST)).toEqual(rules);
  });

  test('[UI54] and were broken are as at first', () => {
    for (const broken of [null, 7, 'x', [], { power: 'turbo', duty: 9, workers: -1, blocked: [1] }])
      expect(readRules(broken, FIRST)).toEqual(FIRST);
  });

  test('a number of workers in the address steers the tab alone', () => {
    const steered = firstRules({ handheld: true, workers: 3 });
    const facts = { onBattery: true, savesData: true, isPressed: true };
    expect(allowance(steered, { ...PLAIN, ...facts })).toMatchObject({ workers: 3, duty: 1 });
  });
});
