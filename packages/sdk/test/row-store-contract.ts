import type { JobId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { RowStore } from '../src/host/index.ts';

const jobs = ['jaaaaaaaaaaaaaaaaaaaa', 'jbbbbbbbbbbbbbbbbbbbb'] as JobId[];
const [job, other] = jobs as [JobId, JobId];

/** What every RowStore keeps; an adapter's test is a call of this with a way to open one. */
export function describeRowStore(name: string, open: () => RowStore): void {
  describe(`rows in ${name}`, () => {
    test('[ST50] come back by number, as they were, for as long as the job is kept', () => {
      const store = open();
      const rows = Array.from({ length: 100 }, (_, i) => new Uint8Array(i).fill(i));
      for (const row of rows) store.append(job, row);
      store.append(other, new Uint8Array([9]));
      expect(store.count(job)).toBe(100);
      expect(rows.map((_, i) => store.read(job, i))).toEqual(rows);
      expect(store.read(other, 0)).toEqual(new Uint8Array([9]));
      store.close();
    });

    test('[ST51] of a job that is unknown or dropped are none', () => {
      const store = open();
      store.append(job, new Uint8Array([1]));
      store.drop(job);
      store.drop(job);
      expect(store.count(job)).toBe(0);
      expect(store.read(job, 0)).toHaveLength(0);
      store.append(job, new Uint8Array([2]));
      expect(store.read(job, 0)).toEqual(new Uint8Array([2]));
      store.close();
    });
  });
}
