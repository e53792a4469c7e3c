import { expect, test } from 'vitest';
import { isWelcome } from './causes.ts';

const JOB = { submitter: 'Ada', purpose: 'A picture' };
const NONE = { blocked: [], followed: [], onlyFollowed: false };

test('[UI56] a blocked submitter or purpose gets nothing from this tab', () => {
  expect(isWelcome(JOB, NONE)).toBe(true);
  expect(isWelcome(JOB, { ...NONE, blocked: ['submitter:Ada'] })).toBe(false);
  expect(isWelcome(JOB, { ...NONE, blocked: ['purpose:A picture'] })).toBe(false);
  expect(isWelcome(JOB, { ...NONE, blocked: ['submitter:A picture'] })).toBe(true);
});

test('[UI56] following alone takes what is followed and not blocked', () => {
  const only = { ...NONE, onlyFollowed: true };
  expect(isWelcome(JOB, only)).toBe(false);
  expect(isWelcome(JOB, { ...only, followed: ['submitter:Ada'] })).toBe(true);
  const both = { ...only, followed: ['submitter:Ada'], blocked: ['purpose:A picture'] };
  expect(isWelcome(JOB, both)).toBe(false);
});
