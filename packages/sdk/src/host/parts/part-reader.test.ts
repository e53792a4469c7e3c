import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorOf, moved, type RowCursor } from '../../row-cursor.ts';
import { PartReader } from './part-reader.ts';

interface Move {
  /** Which part gets rows, how many, and how many may be read of a part at once. */
  readonly grows: number;
  readonly by: number;
  readonly reads: number;
  /** The link is lost: whoever reads goes on from what arrived. */
  readonly isCut: boolean;
}

const moves = fc.array(
  fc.record({
    grows: fc.nat(4),
    by: fc.nat(5),
    reads: fc.integer({ min: 1, max: 4 }),
    isCut: fc.boolean(),
  }),
  { maxLength: 60 },
);

/** What a submitter hears of parts that grow while it reads, and loses its link. */
function heard(parts: number, isOrdered: boolean, weather: readonly Move[]): string[] {
  const rows = Array.from({ length: parts }, () => 0);
  const told: string[] = [];
  let known: readonly number[] = [];
  let reader = new PartReader(0, isOrdered);
  const readable = (isOver: boolean) => rows.map((count) => ({ rows: count, isOver }));
  const read = (isOver: boolean, most: number) => {
    const part = reader.next(readable(isOver));
    if (part === undefined) return false;
    const from = reader.cursor(part);
    const to = Math.min(from + most, rows[part] ?? 0);
    for (let row = from; row < to; row++) told.push(`${part}:${row}`);
    known = moved(known, part, reader.advance(part, to - from));
    return true;
  };
  for (const { grows, by, reads, isCut } of weather) {
    rows[grows % parts] = (rows[grows % parts] ?? 0) + by;
    read(false, reads);
    if (!isCut) continue;
    const after: RowCursor = JSON.parse(JSON.stringify(cursorOf(known)));
    reader = new PartReader(after, isOrdered);
  }
  while (read(true, 3));
  const all = rows.flatMap((count, part) => Array.from({ length: count }, (_, i) => [part, i]));
  expect([...told].sort()).toEqual(all.map((row) => row.join(':')).sort());
  return told;
}

test('[CO242] whoever follows a job in parts, over lost links, hears each row once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), moves, (parts, weather) => {
      const told = heard(parts, false, weather);
      for (let part = 0; part < parts; part++) {
        const own = told.filter((row) => row.startsWith(`${part}:`));
        expect(own).toEqual(own.map((_, row) => `${part}:${row}`));
      }
    }),
  );
});

test('[CO243] in order, the rows of a part come after all rows of the parts before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), moves, (parts, weather) => {
      const told = heard(parts, true, weather).map((row) => Number(row.split(':')[0]));
      expect(told).toEqual([...told].sort((a, b) => a - b));
    }),
  );
});

test('[CO242] no part is left behind while another one grows', () => {
  const reader = new PartReader([0, 0, 0], false);
  const parts = Array.from({ length: 3 }, () => ({ rows: 100, isOver: false }));
  const turns = Array.from({ length: 6 }, () => {
    const part = reader.next(parts) ?? -1;
    reader.advance(part, 1);
    return part;
  });
  expect(turns).toEqual([0, 1, 2, 0, 1, 2]);
});
