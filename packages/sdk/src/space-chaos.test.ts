import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COORDINATOR_PEER_ID, GridError, type PeerId, Prng } from '@manytabs/protocol';
import { CountedBlobs, MemoryBlobs, MemoryJournal } from '@manytabs/storage';
import { SqliteKeyValue, SqliteStore } from '@manytabs/storage/node';
import { MemoryNetwork } from '@manytabs/transport';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isLinearizable, type Model, type Operation } from '../test/linearizability.ts';
import { CoordinatorHost } from './host/index.ts';
import { Grid } from './index.ts';

// Coordinators die without a word in the middle of what several submitters do to the same keys, and others come in their
// place on the same database file. One that died may still finish a write it had begun, as a process does that is cut
// off the network. Histories are recorded at the submitters and judged by a checker that knows nothing of the code.

interface Input {
  readonly do: 'put' | 'get' | 'delete';
  readonly value?: number;
  /** What the client believed was there when it wrote; not said: anything. */
  readonly known?: number | null | undefined;
}
type Output = number | 'conflict' | boolean | undefined;

const REGISTER: Model<number | undefined, Input, Output> = {
  initial: undefined,
  key: String,
  next: (state, { do: what, value, known }, output) => {
    if (what === 'get') return output === state ? [state] : [];
    if (what === 'delete') return output === (state !== undefined) ? [undefined] : [];
    const fits = known === undefined || (state ?? null) === known;
    if (output === 'conflict') return fits ? [] : [state];
    return fits ? [value] : [];
  },
};

let folder: string;
let store: SqliteStore;
let world: ReturnType<typeof setupWorld>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manytabs-space-'));
  store = new SqliteStore(join(folder, 'store.db'));
  world = setupWorld(new SqliteKeyValue(store));
});
afterEach(async () => {
  await world.close();
  store.close();
  rmSync(folder, { recursive: true });
});

function setupWorld(keyValue: SqliteKeyValue) {
  const network = new MemoryNetwork();
  const grids: Grid[] = [];
  let epoch = 0;
  const start = () => {
    epoch += 1;
    const host = new CoordinatorHost({
      ...{ grid: 'test', version: 'test', epoch, seed: 1, clock: Date.now, note: () => {} },
      blobs: new CountedBlobs(new MemoryBlobs()),
      journal: new MemoryJournal(),
      keyValue,
      authorise: () => ({ scope: 'admin', owner: 'ann' }),
    });
    host.listen(network.endpoint(COORDINATOR_PEER_ID));
  };
  start();
  return {
    /** The coordinator is gone from everybody's sight, and another one is there. */
    crash: () => {
      network.cut(COORDINATOR_PEER_ID);
      start();
    },
    get epoch() {
      return epoch;
    },
    submitter: async () => {
      const grid = await Grid.over([network.endpoint(`s${grids.length}` as PeerId)], {
        token: 't',
      });
      grids.push(grid);
      return grid;
    },
    close: () => Promise.all(grids.map((grid) => grid.close())),
  };
}

describe('under coordinators that die', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('[SY10] values stay linearizable, world %i', async (seed) => {
    const random = new Prng(seed, 'space');
    const histories = new Map<string, Operation<Input, Output>[]>([
      ['x', []],
      ['y', []],
    ]);
    let time = 0;
    let values = 0;
    const client = async (grid: Grid) => {
      for (let step = 0; step < 12; step++) {
        const key = random.int(2) === 0 ? 'x' : 'y';
        const input = await draw(grid, key);
        const start = ++time;
        const before = world.epoch;
        const working = perform(grid, key, input.asked, input.version);
        if (random.int(6) === 0) world.crash();
        const output = await working;
        // Asked again of another coordinator, it may have found its own work: what it did is not known then.
        const isSure = before === world.epoch || (output !== 'conflict' && output !== false);
        const end = isSure ? ++time : Number.POSITIVE_INFINITY;
        histories
          .get(key)
          ?.push({ input: input.asked, start, end, output: isSure ? output : undefined });
      }
    };
    const draw = async (grid: Grid, key: string) => {
      const kind = random.int(8);
      if (kind < 3) return { asked: { do: 'get' } as Input, version: 0 };
      if (kind === 3) return { asked: { do: 'delete' } as Input, version: 0 };
      const value = ++values;
      if (kind < 6) return { asked: { do: 'put', value } as Input, version: undefined };
      const found = await grid.space.get(key);
      const known = (found?.value as number | undefined) ?? null;
      return { asked: { do: 'put', value, known } as Input, version: found?.version ?? 0 };
    };
    const grids = [await world.submitter(), await world.submitter(), await world.submitter()];
    await Promise.all(grids.map(client));
    expect(world.epoch).toBeGreaterThan(2);
    for (const [key, history] of histories)
      expect([key, isLinearizable(history, UNSURE)]).toEqual([key, true]);
  });

  test('[SY5] [SY1] counters are exact, and locks are held by one', async () => {
    const random = new Prng(9, 'space');
    const grids = [await world.submitter(), await world.submitter(), await world.submitter()];
    const tokens: number[] = [];
    let holders = 0;
    const client = async (grid: Grid) => {
      const counter = grid.space.counter('c');
      for (let step = 0; step < 10; step++) {
        const adding = counter.add(3);
        if (random.int(5) === 0) world.crash();
        await adding;
        const lease = await grid.space.lock('l', { leaseMs: 30_000 });
        expect(++holders).toBe(1);
        tokens.push(lease.token);
        if (random.int(5) === 0) world.crash();
        await grid.space.put('fenced', step, { fence: lease.token });
        holders--;
        await lease.release();
      }
    };
    await Promise.all(grids.map(client));
    expect(await grids[0]?.space.counter('c').get()).toBe(90);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set(tokens).size).toBe(30);
  });
});

/** An operation whose answer is not sure may have done its work at any time, or never. */
const UNSURE: typeof REGISTER = {
  ...REGISTER,
  next: (state, input, output) => {
    if (output !== undefined || input.do === 'get') return REGISTER.next(state, input, output);
    if (input.do === 'delete') return [undefined];
    return REGISTER.next(state, input, true);
  },
};

async function perform(
  grid: Grid,
  key: string,
  { do: what, value }: Input,
  version: number | undefined,
): Promise<Output> {
  if (what === 'get') return (await grid.space.get(key))?.value as number | undefined;
  if (what === 'delete') return grid.space.delete(key);
  try {
    await grid.space.put(key, value, version === undefined ? {} : { expected: version });
    return true;
  } catch (thrown) {
    if (thrown instanceof GridError && thrown.code === 'version-conflict') return 'conflict';
    throw thrown;
  }
}
