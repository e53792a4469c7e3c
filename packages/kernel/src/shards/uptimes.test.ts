import { LIMITS, type VolunteerId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { Uptimes } from './uptimes.ts';

/** After a thousand visits of that length. */
function advisedFor(visitMs: number): number {
  const uptimes = new Uptimes();
  for (let n = 0; n < 1_000; n++) {
    const volunteer = `v${n}` as VolunteerId;
    uptimes.onJoined(volunteer, n);
    uptimes.onLeft(volunteer, n + visitMs);
  }
  return uptimes.advisedCopies();
}

test('[SH19] the copies that are advised follow from how long volunteers were seen to stay', () => {
  const minute = 60_000;
  expect([3 * minute, 10 * minute, 60 * minute].map(advisedFor)).toEqual([8, 5, 3]);
  expect(advisedFor(1)).toBe(LIMITS.FILE_REPLICAS_MAX);
  expect(new Uptimes().advisedCopies()).toBe(5);
});
