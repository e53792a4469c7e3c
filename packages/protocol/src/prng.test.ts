import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Prng } from './prng.ts';

test('[WI15] a seed gives one sequence, and forks by label are independent of it', () => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger().filter((seed) => seed >= 0),
      (seed) => {
        const draw = (label: string) => {
          const prng = new Prng(seed).fork(label);
          return Array.from({ length: 5 }, () => prng.uint32());
        };
        expect(draw('a')).toEqual(draw('a'));
        expect(draw('a')).not.toEqual(draw('b'));
      },
    ),
  );
});

test('[WI15] draws are spread evenly', () => {
  const prng = new Prng(1);
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 64_000; i++) {
    const at = prng.int(16);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 4_000)).toBeLessThan(400);
});
