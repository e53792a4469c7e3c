import { expect, test } from 'vitest';
import { widgetPlan } from './plan.ts';
import { type FrameFacts, isMeant, restReason, SEEN_MS_MIN } from './rest-reason.ts';

const PLAIN: FrameFacts = {
  isHidden: false,
  isSmall: false,
  isSeen: true,
  onBattery: undefined,
  savesData: undefined,
  isPressed: undefined,
};

test('[EM07] it computes in full view alone, and rests on battery, saved data and pressure', () => {
  expect(restReason(PLAIN)).toBeUndefined();
  expect(restReason({ ...PLAIN, isHidden: true })).toBe('hidden');
  expect(restReason({ ...PLAIN, isSmall: true })).toBe('small');
  expect(restReason({ ...PLAIN, isSeen: false })).toBe('covered');
  expect(restReason({ ...PLAIN, onBattery: true })).toBe('battery');
  expect(restReason({ ...PLAIN, savesData: true })).toBe('saved-data');
  expect(restReason({ ...PLAIN, isPressed: true })).toBe('pressure');
});

test('[EM03] only a real click on what was in full view for a moment counts', () => {
  const real = { isTrusted: true };
  expect(isMeant(real, PLAIN, SEEN_MS_MIN)).toBe(true);
  expect(isMeant({ isTrusted: false }, PLAIN, 10_000)).toBe(false);
  expect(isMeant(real, PLAIN, SEEN_MS_MIN - 1)).toBe(false);
  expect(isMeant(real, { ...PLAIN, isSeen: false }, 10_000)).toBe(false);
  expect(isMeant(real, { ...PLAIN, isSmall: true }, 10_000)).toBe(false);
  expect(isMeant(real, { ...PLAIN, isHidden: true }, 10_000)).toBe(false);
});

test('[EM08] a widget takes an eighth of the device, or half of that', () => {
  for (const cores of [1, 2, 4, 6, 16, 128]) {
    const { workers, duty } = widgetPlan(cores, 'balanced');
    expect(workers * duty).toBeLessThanOrEqual(cores / 8 + 1e-9);
    const quiet = widgetPlan(cores, 'quiet');
    expect(quiet.workers * quiet.duty).toBeCloseTo((workers * duty) / 2);
  }
  expect(widgetPlan(8, 'balanced')).toEqual({ workers: 2, duty: 0.5 });
  expect(widgetPlan(2, 'balanced')).toEqual({ workers: 1, duty: 0.25 });
  expect(widgetPlan(Number.NaN, 'balanced').workers).toBe(1);
});
