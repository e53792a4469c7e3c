import { Column, type Compare, encodeValue } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupingOf } from './cluster.ts';
import { tally } from './tally.ts';

const column = (value: unknown) => Column.parse(0, encodeValue(value));

/** Groups of equal results, each as the positions of its votes. */
function groups(compare: Compare | undefined, values: readonly unknown[]): number[][] {
  const found = groupingOf(compare)(values.map(column), 0) ?? [];
  return [...new Set(found)].map((group) =>
    found.flatMap((other, i) => (other === group ? [i] : [])),
  );
}

const areOne = (compare: Compare, a: unknown, b: unknown) => groups(compare, [a, b]).length === 1;

describe('results are compared', () => {
  test('[VA16] bit by bit unless said', () => {
    expect(groups(undefined, [1, 1 + 2 ** -52, 1])).toEqual([[0, 2], [1]]);
    expect(
      groups({ kind: 'bytes' }, [
        { a: 1, b: -0 },
        { b: 0, a: 1 },
      ]),
    ).toEqual([[0, 1]]);
  });

  test('[VA16] as numbers within an absolute, a relative or a tolerance in ulps', () => {
    expect(areOne({ kind: 'float', abs: 0.125 }, 1, 1.125)).toBe(true);
    expect(areOne({ kind: 'float', abs: 0.125 }, 1, 1.13)).toBe(false);
    expect(areOne({ kind: 'float', rel: 1e-6 }, 1e9, 1e9 + 999)).toBe(true);
    expect(areOne({ kind: 'float', rel: 1e-6 }, 1e9, 1e9 + 1_001)).toBe(false);
    expect(areOne({ kind: 'float', ulps: 2 }, 1, 1 + 2 * 2 ** -52)).toBe(true);
    expect(areOne({ kind: 'float', ulps: 2 }, 1, 1 + 3 * 2 ** -52)).toBe(false);
    expect(areOne({ kind: 'float', ulps: 1 }, 5e-324, -5e-324)).toBe(false);
    expect(areOne({ kind: 'float', ulps: 2 }, 5e-324, -5e-324)).toBe(true);
    expect(areOne({ kind: 'float', abs: 1e300 }, 1, Number.NaN)).toBe(false);
    expect(areOne({ kind: 'float', abs: 1 }, Number.NaN, Number.NaN)).toBe(true);
    expect(areOne({ kind: 'float', rel: 1 }, 1e308, Number.POSITIVE_INFINITY)).toBe(false);
  });

  test('[VA16] within values of any shape, whose other parts are equal', () => {
    const near: Compare = { kind: 'float', abs: 0.01 };
    const a = { name: 'x', at: [1, 2, { z: 3 }], v: Float64Array.of(1, 2) };
    expect(
      areOne(near, a, { name: 'x', at: [1, 2, { z: 3.001 }], v: Float64Array.of(1, 2.001) }),
    ).toBe(true);
    expect(areOne(near, a, { ...a, name: 'y' })).toBe(false);
    expect(areOne(near, a, { ...a, at: [1, 2] })).toBe(false);
    expect(areOne(near, a, { ...a, v: Float32Array.of(1, 2) })).toBe(false);
    expect(areOne(near, a, { ...a, more: 1 })).toBe(false);
    expect(areOne(near, 1, '1')).toBe(false);
    expect(areOne(near, null, {})).toBe(false);
  });

  test('[VA16] as sets, as pictures', () => {
    expect(areOne({ kind: 'set' }, [1, 2, 2, { a: 1 }], [{ a: 1 }, 2, 1, 2])).toBe(true);
    expect(areOne({ kind: 'set' }, [1, 2, 2], [1, 1, 2])).toBe(false);
    const tile = (level: number, x = 0) => ({ x, y: 0, rgba: new Uint8Array(400).fill(level) });
    expect(areOne({ kind: 'image', psnr: 40 }, tile(100), tile(102))).toBe(true);
    expect(areOne({ kind: 'image', psnr: 40 }, tile(100), tile(104))).toBe(false);
    expect(areOne({ kind: 'image', psnr: 40 }, tile(100), tile(100, 1))).toBe(false);
    expect(areOne({ kind: 'image', psnr: 40 }, tile(100).rgba, tile(101).rgba)).toBe(true);
    expect(areOne({ kind: 'image', psnr: 40 }, 'no picture', 'none either')).toBe(false);
  });

  test('[VA17] around a medoid, as being close is not transitive', () => {
    const near: Compare = { kind: 'float', abs: 1 };
    expect(groups(near, [0, 1, 2])).toEqual([[0, 1, 2]]);
    expect(groups(near, [0, 1, 2, 3])).toEqual([[0, 1, 2], [3]]);
    const [verdict] = tally([0, 1, 2].map(column), { from: 0, to: 1 }, 2, groupingOf(near)) ?? [];
    expect(verdict?.canonical).toBe(1);
  });

  test('[VA17] alike in every order of arrival, all members close to the medoid', () => {
    const near: Compare = { kind: 'float', abs: 1 };
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        values,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (list, dice) => {
          const shuffled = list
            .map((value) => ({ value, key: dice.next().value }))
            .sort((a, b) => a.key - b.key);
          const asValues = (some: readonly number[]) =>
            groups(near, some)
              .map((group) => group.map((i) => some[i]).sort())
              .sort();
          expect(asValues(shuffled.map(({ value }) => value))).toEqual(asValues(list));
          const found = groupingOf(near)(list.map(column), 0) ?? [];
          found.forEach((medoid, i) => {
            expect(Math.abs((list[medoid] as number) - (list[i] as number))).toBeLessThanOrEqual(1);
          });
        },
      ),
    );
  });
});

describe('what is compared has a bound', () => {
  const near: Compare = { kind: 'float', abs: 0.5 };
  const votes = (...values: number[]) => values.map((value) => column([value, 'x'.repeat(90)]));
  const bytes = (votes('x'.length)[0] as Column).bytes.length;

  test('[VA36] each pair of distinct results costs their bytes, equal ones nothing', () => {
    const many = [...votes(1, 1, 1, 1.25), ...votes(1.25, 9, 9)];
    // Three values, each with two others.
    const cost = 2 * (2 * bytes + column([1.25, 'x'.repeat(90)]).bytes.length);
    expect(groupingOf(near, cost)(many, 0)).toEqual([0, 0, 0, 0, 0, 5, 5]);
    expect(groupingOf(near, cost - 1)(many, 0)).toBeUndefined();
  });

  test('[VA36] over all tasks of one look', () => {
    const grouping = groupingOf(near, 5 * bytes);
    const two = [column([1, 'x'.repeat(90)]), column([2, 'x'.repeat(90)])];
    expect([grouping(two, 0), grouping(two, 0), grouping(two, 0)]).toEqual([
      [0, 1],
      [0, 1],
      undefined,
    ]);
  });

  test('[VA36] bit by bit there is none', () => {
    expect(groupingOf({ kind: 'bytes' }, 0)(votes(1, 2, 1), 0)).toEqual([0, 1, 0]);
  });
});
