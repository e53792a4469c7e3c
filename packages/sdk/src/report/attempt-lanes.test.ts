import type { AttemptRow, VolunteerId } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttemptLanes, barStart, firstAfter } from './attempt-lanes.ts';

function row(volunteer: string, from: number, to: number): AttemptRow {
  return {
    volunteer: volunteer as VolunteerId,
    from: 0,
    to: 1,
    givenAt: from - 5,
    startedAt: from,
    endedAt: to,
    outcome: 'reported',
    isSpeculative: false,
  };
}

describe('[UI232] attempts in lanes', () => {
  test('of up to sixteen workers never overlap in one, and none is lost', () => {
    const bar = fc.record({ start: fc.nat(1_000), length: fc.integer({ min: 1, max: 100 }) });
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 16 }), (bars) => {
        const lanes = new AttemptLanes();
        const rows = bars.map(({ start, length }) => row('v', start, start + length));
        for (const one of rows.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))) lanes.add(one);
        expect(lanes.all.flatMap((lane) => lane.bars)).toHaveLength(rows.length);
        for (const { bars } of lanes.all) {
          for (let n = 1; n < bars.length; n++) {
            const [before, after] = [bars[n - 1], bars[n]] as [AttemptRow, AttemptRow];
            expect(barStart(after)).toBeGreaterThanOrEqual(before.endedAt ?? 0);
          }
        }
      }),
    );
  });

  test('are found by time, and keep a volunteer together', () => {
    const lanes = new AttemptLanes();
    for (const one of [row('a', 0, 10), row('b', 0, 11), row('a', 5, 12), row('a', 12, 20)])
      lanes.add(one);
    expect(lanes.all.map(({ volunteer, bars }) => [volunteer, bars.length])).toEqual([
      ['a', 2],
      ['a', 1],
      ['b', 1],
    ]);
    expect(lanes.span).toEqual({ from: -5, to: 20 });
    expect(firstAfter(lanes.all[0]?.bars ?? [], 10)).toBe(1);
    expect(firstAfter(lanes.all[0]?.bars ?? [], 20)).toBe(2);
    expect(new AttemptLanes().span).toEqual({ from: 0, to: 0 });
  });

  test('more at once than sixteen share the last lane', () => {
    const lanes = new AttemptLanes();
    for (let n = 0; n < 40; n++) lanes.add(row('a', n, 100));
    expect(lanes.all).toHaveLength(16);
    expect(lanes.count).toBe(40);
  });
});
