import type { GridError } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { Usage } from './usage.ts';

function codeOf(work: () => void): string {
  try {
    work();
    return 'none';
  } catch (thrown) {
    return (thrown as GridError).code;
  }
}

test('[AC5] uploaded bytes come back over a day', () => {
  const usage = new Usage({ bytes: 1_000 });
  const day = 86_400_000;
  expect(codeOf(() => usage.upload(1_000, day))).toBe('none');
  expect(codeOf(() => usage.upload(1, day))).toBe('quota-exceeded');
  expect(codeOf(() => usage.upload(400, day * 1.5))).toBe('none');
  expect(codeOf(() => usage.upload(200, day * 1.5))).toBe('quota-exceeded');
  expect(codeOf(() => usage.upload(1_000, day * 3))).toBe('none');
});

test('[AC5] whose token says nothing of bytes is not counted', () => {
  expect(codeOf(() => new Usage({}).upload(1e15, 0))).toBe('none');
});
