import { type Appended, GridError } from '@manytabs/protocol';
import { MemoryJournal } from '@manytabs/storage';
import { range } from 'manytabs';
import { expect, test, vi } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';

/** A disk that is full for a while. */
class FullJournal extends MemoryJournal {
  isFull = false;

  override append(epoch: number, appended: readonly Appended[]): Promise<void> {
    if (this.isFull) return Promise.reject(new GridError('storage-full', 'There is no room.'));
    return super.append(epoch, appended);
  }
}

test('[CO86] a full disk stalls the grid with a clear state, loses nothing, and it goes on by itself', async () => {
  const journal = new FullJournal();
  const world = new MemoryGrid({ journal });
  world.donate();
  world.donate();
  const grid = await world.submitter();
  const job = grid.map(range(400), (n: number) => n * n, { quorum: 2 });
  const seen = new Map<number, unknown>();
  for await (const result of job.results({ ordered: false })) {
    expect(seen.has(result.index)).toBe(false);
    seen.set(result.index, 'value' in result ? result.value : result.error);
    if (seen.size !== 20) continue;
    journal.isFull = true;
    await vi.waitUntil(() => world.host.health().state === 'stalled');
    const { state, stalled } = await grid.status();
    expect(state).toBe('stalled');
    expect(stalled).toMatchObject({ code: 'storage-full', hint: expect.stringContaining('Free') });
    const [why] = (await job.explain()).sentences;
    expect(why).toContain('storage-full');
    journal.isFull = false;
  }
  expect([...seen].every(([n, square]) => square === n * n)).toBe(true);
  expect(seen.size).toBe(400);
  expect(world.host.health()).toEqual({ state: 'ready', stalled: null });
  await world.close();
});

test('[CO87] a grid that drains takes the results that are out and hands out nothing more', async () => {
  const world = new MemoryGrid();
  world.donate();
  const grid = await world.submitter();
  const job = grid.map(range(100_000), (n: number) => n, { name: 'long' });
  const rows = job.results({ ordered: false })[Symbol.asyncIterator]();
  await rows.next();
  await world.host.drain(10_000);
  expect(world.host.machine.totals().running).toBe(0);
  const { final } = world.host.machine.totals();
  expect(final).toBeGreaterThan(0);
  expect(final).toBeLessThan(100_000);
  expect((await grid.status()).state).toBe('draining');
  await world.close();
});
