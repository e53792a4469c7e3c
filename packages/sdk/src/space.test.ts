import { COORDINATOR_PEER_ID, GridError } from '@manytabs/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryGrid } from '../test/memory-grid.ts';

// Submitters and host over memory; links break while they work.

let grid: MemoryGrid;

beforeEach(() => {
  grid = new MemoryGrid();
});
afterEach(() => grid.close());

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown) => (thrown instanceof GridError ? thrown.code : String(thrown)),
  );
}

describe('submitters', () => {
  test('[SY6] share values, and overwrite only what they know', async () => {
    const [a, b] = [await grid.submitter('user-1'), await grid.submitter('user-1')];
    const version = await a.space.put('best', { length: 72 }, { expected: 0 });
    expect(await b.space.get('best')).toEqual({ key: 'best', version, value: { length: 72 } });
    expect(await codeOf(b.space.put('best', 1, { expected: version + 1 }))).toBe(
      'version-conflict',
    );
    await b.space.put('best', { length: 55 }, { expected: version });
    const listed = [];
    for await (const { key, value } of a.space.list('b')) listed.push([key, value]);
    expect(listed).toEqual([['best', { length: 55 }]]);
  });

  test('[SY9] of different owners share nothing', async () => {
    const [a, b] = [await grid.submitter('user-1'), await grid.submitter('user-2')];
    await a.space.put('x', 1);
    expect(await b.space.get('x')).toBeUndefined();
    await b.space.lock('l', { wait: false });
    await a.space.lock('l', { wait: false });
  });

  test('[SY8] see changes, also those behind a lost link', async () => {
    const [a, b] = [await grid.submitter(), await grid.submitter()];
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const values of a.space.watch('n/', { signal: stop.signal })) {
      seen.push(values.map(({ value }) => value));
      if (seen.length === 1) await b.space.put('n/1', 1);
      if (seen.length === 2) {
        grid.network.cut(COORDINATOR_PEER_ID);
        await b.space.put('n/1', 2);
      }
      if (JSON.stringify(values.map(({ value }) => value)) === '[2]') stop.abort();
    }
    expect(seen.slice(0, 2)).toEqual([[], [1]]);
  });

  test('[SY5] count exactly while links break', async () => {
    const grids = [await grid.submitter(), await grid.submitter(), await grid.submitter()];
    const counters = grids.map((each) => each.space.counter('c'));
    const additions = Array.from({ length: 60 }, async (_, i) => {
      await counters[i % 3]?.add(2);
      if (i % 10 === 5) grid.network.cut(COORDINATOR_PEER_ID);
    });
    await Promise.all(additions);
    expect(await counters[0]?.get()).toBe(120);
  });

  test('[SY1] hold a lock one after the other while links break', async () => {
    const grids = [await grid.submitter(), await grid.submitter(), await grid.submitter()];
    const tokens: number[] = [];
    let holders = 0;
    const work = async (each: (typeof grids)[number], i: number) => {
      const lease = await each.space.lock('l');
      expect(++holders).toBe(1);
      tokens.push(lease.token);
      if (i === 4) grid.network.cut(COORDINATOR_PEER_ID);
      await each.space.put(`mark-${i}`, i, { fence: lease.token });
      holders--;
      await lease.release();
    };
    await Promise.all(Array.from({ length: 9 }, (_, i) => work(grids[i % 3] as never, i)));
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set(tokens).size).toBe(9);
  });

  test('[SY1] who gives up waiting is passed over', async () => {
    const [a, b, c] = [await grid.submitter(), await grid.submitter(), await grid.submitter()];
    const held = await a.space.lock('l');
    expect(await codeOf(b.space.lock('l', { wait: false }))).toBe('lock-held');
    const patience = new AbortController();
    const waiting = b.space.lock('l', { signal: patience.signal });
    patience.abort();
    expect(await codeOf(waiting)).toBe('aborted');
    const next = c.space.lock('l');
    await held.release();
    expect((await next).token).toBeGreaterThan(held.token);
  });

  test('[SY11] whose lease is lost are told', async () => {
    const [a, b] = [await grid.submitter(), await grid.submitter()];
    const lease = await a.space.lock('l', { leaseMs: 1_000 });
    await a.close();
    await new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
    expect((lease.signal.reason as GridError).code).toBe('lock-lost');
    expect((await b.space.lock('l')).token).toBeGreaterThan(lease.token);
  });

  test('[SY4] meet at a barrier, again and again', async () => {
    const grids = [await grid.submitter(), await grid.submitter()];
    for (const round of [1, 2]) {
      const meetings = grids.map((each) => each.space.barrier('b', 2));
      grid.network.cut(COORDINATOR_PEER_ID);
      expect(await Promise.all(meetings)).toEqual([round, round]);
    }
  });
});
