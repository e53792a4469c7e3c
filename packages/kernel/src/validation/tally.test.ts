// The tally is compared with a slow oracle that decodes nothing and knows nothing of runs: for every order of up to four
// results over three possible values, and for random columns of many tasks.
import { Column, encodeValue } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tally as tallyWithin, type Verdict } from './tally.ts';

/** Bit by bit there is always a tally. */
const tally = (...given: Parameters<typeof tallyWithin>) => tallyWithin(...given) ?? [];

function column(values: readonly number[], from = 0): Column {
  return Column.parse(from, Uint8Array.from(values.flatMap((value) => [...encodeValue(value)])));
}

/** The value that wins a task, if one does. */
function oracle(votes: readonly number[], minQuorum: number): number | undefined {
  const counts = new Map<number, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  if (!first || first[1] < minQuorum || second?.[1] === first[1]) return undefined;
  return first[0];
}

function winnerAt(
  verdicts: readonly Verdict[],
  votes: readonly (readonly number[])[],
  index: number,
) {
  const verdict = verdicts.find(({ from, to }) => index >= from && index < to);
  const winner = verdict?.winners[0];
  return winner === undefined ? undefined : votes[winner]?.[index];
}

function sequences(length: number): number[][] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((head) => [0, 1, 2].map((value) => [...head, value]));
}

describe('a tally', () => {
  test('[VA3] of up to four results agrees with the oracle in every order', () => {
    for (const votes of [1, 2, 3, 4].flatMap(sequences)) {
      for (const minQuorum of [1, 2, 3, 4]) {
        const columns = votes.map((vote) => column([vote]));
        const [verdict] = tally(columns, { from: 0, to: 1 }, minQuorum);
        const winner = oracle(votes, minQuorum);
        const positions = votes.map((_, i) => i);
        expect(verdict?.winners).toEqual(
          winner === undefined ? [] : positions.filter((i) => votes[i] === winner),
        );
        expect(verdict?.losers).toEqual(
          winner === undefined ? [] : positions.filter((i) => votes[i] !== winner),
        );
      }
    }
  });

  test('[VA3] of many tasks agrees with the oracle on each, in any order', () => {
    const value = fc.integer({ min: 0, max: 2 });
    const world = fc.integer({ min: 1, max: 40 }).chain((count) =>
      fc.record({
        votes: fc.array(fc.array(value, { minLength: count, maxLength: count }), {
          minLength: 1,
          maxLength: 6,
        }),
        minQuorum: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(world, ({ votes, minQuorum }) => {
        const to = votes[0]?.length ?? 0;
        const there = tally(
          votes.map((v) => column(v)),
          { from: 0, to },
          minQuorum,
        );
        const reversed = [...votes].reverse();
        const back = tally(
          reversed.map((v) => column(v)),
          { from: 0, to },
          minQuorum,
        );
        for (let index = 0; index < to; index++) {
          const expected = oracle(
            votes.map((vote) => vote[index] ?? NaN),
            minQuorum,
          );
          expect(winnerAt(there, votes, index)).toBe(expected);
          expect(winnerAt(back, reversed, index)).toBe(expected);
        }
      }),
    );
  });

  test('[VA10] has one verdict for consecutive tasks on which the votes fall alike', () => {
    const votes = [column([1, 1, 7, 1, 1]), column([1, 1, 2, 2, 1])];
    expect(tally(votes, { from: 0, to: 5 }, 2)).toMatchObject([
      { from: 0, to: 2, winners: [0, 1], losers: [], largest: 2 },
      { from: 2, to: 4, winners: [], losers: [], largest: 1 },
      { from: 4, to: 5, winners: [0, 1], losers: [], largest: 2 },
    ]);
  });

  test('[VA3] looks only at the tasks it was asked about', () => {
    const votes = [column([9, 1, 1, 9], 10), column([1, 1], 11)];
    expect(tally(votes, { from: 11, to: 13 }, 2)).toMatchObject([
      { from: 11, to: 13, winners: [0, 1], losers: [], largest: 2 },
    ]);
  });
});
