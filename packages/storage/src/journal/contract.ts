import { type Appended, GridError, type Journal } from '@manytabs/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bytes = (...values: number[]) => Uint8Array.from(values);
const one = (partition: string, ...records: Uint8Array[]): Appended[] => [{ partition, records }];

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    return thrown instanceof GridError ? thrown.code : 'not a GridError';
  }
}

/** What every Journal keeps. `open` opens the same data each time; what was open before is closed first. */
export function describeJournal(
  name: string,
  open: () => Promise<Journal>,
  { timeoutMs = 20_000 } = {},
): void {
  describe(`journal in ${name}`, { timeout: timeoutMs }, () => {
    let journal: Journal;
    let prefix = 0;

    beforeAll(async () => {
      journal = await open();
    }, 60_000);
    afterAll(() => journal.close());

    const fresh = () => `p${prefix++}`;
    const all = async (partition: string) =>
      (await journal.read(partition, 0, Infinity)).map((record) => [...record]);

    test('[ST20] records come back in order, by partition', async () => {
      const [a, b] = [fresh(), fresh()];
      await journal.append(1, [...one(a, bytes(1), bytes(2)), ...one(b, bytes(9))]);
      await journal.append(1, one(a, bytes()));
      expect(await all(a)).toEqual([[1], [2], []]);
      expect(await all(b)).toEqual([[9]]);
      expect(await journal.count(a)).toBe(3);
      expect(await journal.read(a, 1, 0)).toHaveLength(1);
      expect(await journal.read(a, 0, 1)).toHaveLength(1);
      expect(await journal.read(a, 0, 2)).toHaveLength(3);
      expect(await journal.read(a, 5, 10)).toHaveLength(0);
      expect(await journal.read(fresh(), 0, 10)).toHaveLength(0);
      expect(await journal.count(fresh())).toBe(0);
    });

    test('[ST21] what was appended is there when the data is opened again', async () => {
      const a = fresh();
      const large = new Uint8Array(300_000).map((_, i) => i * 7);
      await journal.append(1, one(a, large, bytes(5)));
      await journal.close();
      journal = await open();
      const [first, ...rest] = await journal.read(a, 0, 1_000);
      const [second] = await journal.read(a, 1, 1_000);
      expect(first && Buffer.compare(first, large)).toBe(0);
      expect(rest).toEqual([]);
      expect([...(second ?? [])]).toEqual([5]);
    });

    test('[ST22] a snapshot takes the place of what led to it; none drops the partition', async () => {
      const a = fresh();
      await journal.append(1, one(a, bytes(1), bytes(2), bytes(3)));
      await journal.replace(1, a, [bytes(7)]);
      await journal.append(1, one(a, bytes(8)));
      expect(await all(a)).toEqual([[7], [8]]);
      await journal.replace(1, a, []);
      expect(await journal.count(a)).toBe(0);
      expect(await journal.partitions(a)).toEqual([]);
    });

    test('[ST23] partitions are listed by prefix, in order', async () => {
      const root = fresh();
      for (const name of ['c', 'a', 'b_', 'b%'])
        await journal.append(1, one(`${root}/${name}`, bytes(1)));
      const names = await journal.partitions(`${root}/`);
      expect(names).toEqual(['a', 'b%', 'b_', 'c'].map((name) => `${root}/${name}`));
      expect(await journal.partitions(`${root}/b%`)).toEqual([`${root}/b%`]);
    });

    test('[ST24] whatever is appended in whatever batches, it is the same sequence', async () => {
      const batches = fc.array(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }), {
        maxLength: 8,
      });
      await fc.assert(
        fc.asyncProperty(batches, async (groups) => {
          const a = fresh();
          await Promise.all(groups.map((records) => journal.append(1, one(a, ...records))));
          expect(await all(a)).toEqual(groups.flat().map((record) => [...record]));
        }),
        { numRuns: 30 },
      );
    });

    test('[ST25] an older epoch is refused and changes nothing', async () => {
      const a = fresh();
      await journal.claim(4);
      await journal.append(5, one(a, bytes(1)));
      expect(await journal.epoch()).toBe(5);
      expect(await codeOf(journal.append(4, one(a, bytes(2))))).toBe('epoch-stale');
      expect(await codeOf(journal.replace(4, a, []))).toBe('epoch-stale');
      expect(await codeOf(journal.claim(3))).toBe('epoch-stale');
      await journal.append(5, one(a, bytes(3)));
      expect(await all(a)).toEqual([[1], [3]]);
      await journal.close();
      journal = await open();
      expect(await journal.epoch()).toBe(5);
    });
  });
}

/** What journals keep that several may write. `open` opens new data twice. */
export function describeSharedJournal(
  name: string,
  open: () => Promise<readonly [Journal, Journal]>,
  { timeoutMs = 20_000 } = {},
): void {
  describe(`journal in ${name}, opened twice`, { timeout: timeoutMs }, () => {
    test('[ST28] the later one writes, and the earlier one is told', async () => {
      const [first, second] = await open();
      await first.claim(1);
      await first.append(1, one('p', bytes(1)));
      await second.claim(2);
      expect(await codeOf(first.append(1, one('p', bytes(2))))).toBe('epoch-stale');
      await second.append(2, one('p', bytes(3)));
      expect((await first.read('p', 0, 100)).map((record) => [...record])).toEqual([[1], [3]]);
      await first.close();
      await second.close();
    });

    test('[ST28] who takes over again goes on after the other one', async () => {
      const [first, second] = await open();
      await first.append(1, one('p', bytes(1), bytes(2)));
      await second.append(2, one('p', bytes(3)));
      await second.append(2, one('q', bytes(4)));
      await first.claim(3);
      await first.append(3, [...one('p', bytes(5)), ...one('q', bytes(6))]);
      expect((await second.read('p', 0, 100)).map(([value]) => value)).toEqual([1, 2, 3, 5]);
      expect((await second.read('q', 0, 100)).map(([value]) => value)).toEqual([4, 6]);
      expect(await second.count('p')).toBe(4);
      await first.close();
      await second.close();
    });
  });
}
