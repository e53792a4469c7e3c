import { describe, expect, test } from 'vitest';
import { FairShare, type Share, weightOf } from './fair-share.ts';

interface Named extends Share {
  readonly name: string;
  ms: number;
}

function named(name: string, priority = 5): Named {
  return { name, ms: 0, weight: weightOf(priority), pass: 0, isReady: false };
}

/** Hands the first job `ms` of work, `times` times. */
function serve(share: FairShare<Named>, times: number, ms = 10): void {
  for (let i = 0; i < times; i++) {
    const first = share.order[0];
    if (!first) return;
    first.ms += ms;
    share.charge(first, ms);
  }
}

describe('[SC6] jobs share the workers', () => {
  test('equally at equal priority', () => {
    const share = new FairShare<Named>();
    const jobs = ['a', 'b', 'c'].map((name) => named(name));
    for (const job of jobs) share.setReady(job, true);
    serve(share, 300);
    expect(jobs.map((job) => job.ms)).toEqual([1_000, 1_000, 1_000]);
  });

  test('twice as much for each step of priority', () => {
    const share = new FairShare<Named>();
    const jobs = [named('low', 4), named('usual', 5), named('high', 7)];
    for (const job of jobs) share.setReady(job, true);
    serve(share, 1_100);
    expect(jobs.map((job) => Math.round(job.ms / 100))).toEqual([10, 20, 80]);
  });

  test('without a claim to the past for one that comes late or back', () => {
    const share = new FairShare<Named>();
    const early = named('early');
    const late = named('late');
    share.setReady(early, true);
    serve(share, 100);
    share.setReady(late, true);
    serve(share, 100);
    expect(late.ms).toBeGreaterThanOrEqual(490);
    expect(late.ms).toBeLessThanOrEqual(510);
  });

  test('by what they used, where that is not what was charged', () => {
    const share = new FairShare<Named>();
    const [a, b] = [named('a'), named('b')];
    share.setReady(a, true);
    share.setReady(b, true);
    share.charge(a, 1_000);
    share.charge(a, -990);
    share.charge(b, 50);
    expect(share.order.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('only while they have something to hand out', () => {
    const share = new FairShare<Named>();
    const [a, b] = [named('a'), named('b')];
    share.setReady(a, true);
    share.setReady(b, true);
    share.setReady(a, false);
    expect(share.order).toEqual([b]);
  });
});
