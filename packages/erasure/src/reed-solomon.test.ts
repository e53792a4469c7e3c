import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeParity, rebuildPiece } from './reed-solomon.ts';

const stripes = fc
  .record({ data: fc.integer({ min: 1, max: 12 }), parity: fc.integer({ min: 1, max: 6 }) })
  .chain(({ data, parity }) =>
    fc.record({
      parity: fc.constant(parity),
      pieces: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: data, maxLength: data }),
      lost: fc.shuffledSubarray(
        Array.from({ length: data + parity }, (_, i) => i),
        { minLength: 1, maxLength: parity },
      ),
    }),
  );

test('[FI20] whichever pieces are lost, no more than the parity, the others give them back', () => {
  fc.assert(
    fc.property(stripes, ({ pieces, parity, lost }) => {
      const all = [...pieces, ...encodeParity(pieces, parity)];
      const left = all.map((piece, i) => [i, piece] as const).filter(([i]) => !lost.includes(i));
      const some = new Map(left.slice(-pieces.length));
      for (const piece of lost) {
        const length = all[piece]?.length ?? 0;
        expect(rebuildPiece(some, { data: pieces.length, piece, length })).toEqual(all[piece]);
      }
    }),
    { numRuns: 300 },
  );
});

test('every set of survivors of 4+2 and of 10+4 will do', () => {
  for (const [data, parity] of [
    [4, 2],
    [10, 4],
  ] as const) {
    const pieces = Array.from({ length: data }, (_, i) => new Uint8Array([i * 7 + 1, 255 - i]));
    const all = [...pieces, ...encodeParity(pieces, parity)];
    for (const kept of subsets(data + parity, data)) {
      const known = new Map(kept.map((i) => [i, all[i] as Uint8Array]));
      all.forEach((piece, i) => {
        expect(rebuildPiece(known, { data, piece: i, length: 2 })).toEqual(piece);
      });
    }
  }
});

test('the code is that of a Cauchy matrix over the field with 0x11d: these bytes never change', () => {
  const parity = encodeParity(
    [new Uint8Array([1, 2]), new Uint8Array([3]), new Uint8Array([5, 9])],
    2,
  );
  expect(parity.map((piece) => [...piece])).toEqual([
    [126, 252],
    [60, 3],
  ]);
});

function subsets(size: number, count: number): number[][] {
  if (count === 0) return [[]];
  if (size < count) return [];
  return [
    ...subsets(size - 1, count),
    ...subsets(size - 1, count - 1).map((rest) => [...rest, size - 1]),
  ];
}
