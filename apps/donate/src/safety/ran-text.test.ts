import { expect, test } from 'vitest';
import { energyText, ranText } from './ran-text.ts';

const at = new Date(2026, 10, 25, 12).getTime();
const JOB = {
  ...{ jobId: 'j', name: 'Bunny', purpose: 'A picture.', submitter: 'Ada' },
  ...{ done: 1203, failed: 2, busyMs: 754_000, firstAt: at, lastAt: at },
};

test('[UI261] a job that ran is told in a sentence: what, when, how much, for whom and why', () => {
  expect(ranText(JOB)).toBe(
    '“Bunny”, 11/25/2026: 1,203 tasks in 13 minutes of computing. 2 more failed. Ada said it is for: A picture.',
  );
  const plain = { ...JOB, name: '', purpose: '', done: 1, failed: 0, busyMs: 900 };
  expect(ranText({ ...plain, lastAt: at + 86_400_000 })).toBe(
    'A job without a name, 11/25/2026 to 11/26/2026: 1 task in less than a minute of computing. Ada gave no purpose',
  );
});

test('[UI261] energy is a range, and says that it is an estimate', () => {
  expect(energyText({ least: 3, most: 12.34 })).toMatch(/about 3 to 12.3 watt-hours.*an estimate/);
});
