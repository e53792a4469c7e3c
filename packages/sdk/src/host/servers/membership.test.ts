import { GridError, type KeyValue } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Membership } from './membership.ts';

const BEAT_MS = 10;
const DEAD_MS = 60;

async function begin(keyValue: KeyValue, server: string, now = () => performance.now()) {
  const took: number[] = [];
  const fenced: GridError[] = [];
  const options = { keyValue, server, now, beatMs: BEAT_MS, deadMs: DEAD_MS };
  const membership = await Membership.begin(options);
  onTestFinished(() => membership.leave());
  await membership.start({
    takeOver: async (lives) => {
      took.push(...lives.map(({ epoch }) => epoch).filter((epoch) => epoch !== membership.epoch));
    },
    onChanged: () => {},
    onFenced: (reason) => void fenced.push(reason),
    onTrouble: () => {},
  });
  return { membership, took, fenced };
}

/** A key-value store that can be away from one server. */
function flaky(keyValue: KeyValue) {
  const state = { isAway: false, refused: 0 };
  const proxy = new Proxy(keyValue, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        if (!state.isAway) return method.apply(target, args);
        state.refused++;
        return Promise.reject(new GridError('storage-failed', 'away'));
      };
    },
  });
  return { keyValue: proxy, state };
}

test('[SV20] every run of a server has an epoch of its own, also of those that begin at once', async () => {
  const keyValue = new MemoryKeyValue();
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((server) => begin(keyValue, server)));
  expect(new Set(all.map(({ membership }) => membership.epoch))).toEqual(new Set([1, 2, 3, 4]));
});

test('[SV21] one of the others takes over from a server that falls silent, and that one is told', async () => {
  const keyValue = new MemoryKeyValue();
  const silent = flaky(keyValue);
  const dead = await begin(silent.keyValue, 'a');
  const others = [await begin(keyValue, 'b'), await begin(keyValue, 'c')];
  silent.state.isAway = true;
  const tookAll = () => others.flatMap(({ took }) => took);
  await vi.waitFor(() => expect(tookAll()).toEqual([1]), { timeout: 5_000 });
  const [heir] = others.filter(({ took }) => took.length > 0);
  for (const { membership } of others) {
    await vi.waitFor(() => {
      expect(membership.lives.ownerOf(1)?.epoch).toBe(heir?.membership.epoch);
    });
  }
  silent.state.isAway = false;
  await vi.waitFor(() => expect(dead.fenced[0]?.code).toBe('epoch-stale'), { timeout: 5_000 });
  expect(tookAll()).toEqual([1]);
});

test('[SV22] a server that could not read the store for a while believes nobody dead', async () => {
  const keyValue = new MemoryKeyValue();
  const cut = flaky(keyValue);
  let ahead = 0;
  const now = () => performance.now() + ahead;
  const one = await begin(cut.keyValue, 'a', now);
  const other = await begin(cut.keyValue, 'b', now);
  cut.state.isAway = true;
  await vi.waitFor(() => expect(cut.state.refused).toBeGreaterThan(4));
  ahead += 10 * DEAD_MS;
  cut.state.isAway = false;
  const before = other.membership.self.beat;
  await vi.waitFor(() => expect(other.membership.self.beat).toBeGreaterThan(before + 5));
  expect([...one.took, ...other.took]).toEqual([]);
});

test('[SV41] where a server is reached is known although it was told while a beat was on its way', async () => {
  const store = new MemoryKeyValue();
  let hold = Promise.resolve();
  let isWriting = () => {};
  const slow = new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (name !== 'put') return typeof method === 'function' ? method.bind(target) : method;
      return async (...args: Parameters<KeyValue['put']>) => {
        isWriting();
        await hold;
        return target.put(...args);
      };
    },
  });
  const { membership } = await begin(slow, 'a');
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  await new Promise<void>((resolve) => {
    isWriting = resolve;
  });
  membership.tellAddresses({ address: 'http://a:1', url: 'http://a:2' });
  release();
  const other = await begin(store, 'b');
  await vi.waitFor(() => {
    expect(other.membership.lives.get(membership.epoch)?.address).toBe('http://a:1');
  });
});

test('[SV23] a server that starts again takes over from itself at once, and from those that left', async () => {
  const keyValue = new MemoryKeyValue();
  const gone = flaky(keyValue);
  await begin(gone.keyValue, 'a');
  gone.state.isAway = true;
  const left = await begin(keyValue, 'b');
  await left.membership.leave();
  const again = await begin(keyValue, 'a', () => 0);
  expect(again.took.sort()).toEqual([1, 2]);
  expect(again.membership.lives.ownerOf(1)?.epoch).toBe(3);
});

test('[SV25] a run of a server is forgotten when nothing names it any more and newer ones are many', async () => {
  const keyValue = new MemoryKeyValue();
  for (let i = 0; i < 6; i++) await (await begin(keyValue, 'a')).membership.leave();
  const { membership } = await begin(keyValue, 'a');
  const epochs = () => [...membership.lives.all()].map(({ epoch }) => epoch);
  expect(epochs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await membership.prune((epoch) => epoch === 2, 2);
  await membership.prune((epoch) => epoch === 2, 2);
  expect(epochs()).toEqual([2, 6, 7]);
  expect(membership.lives.ownerOf(2)?.epoch).toBe(7);
  const next = await begin(keyValue, 'b');
  expect(next.membership.epoch).toBe(8);
});

test('[SV24] whoever inherits from an heir inherits all that was its', async () => {
  const keyValue = new MemoryKeyValue();
  const [first, second] = [flaky(keyValue), flaky(keyValue)];
  await begin(first.keyValue, 'a');
  const heir = await begin(second.keyValue, 'b');
  first.state.isAway = true;
  await vi.waitFor(() => expect(heir.membership.lives.ownerOf(1)?.epoch).toBe(2), {
    timeout: 5_000,
  });
  const last = await begin(keyValue, 'c');
  second.state.isAway = true;
  await vi.waitFor(() => expect(last.membership.lives.ownerOf(1)?.epoch).toBe(3), {
    timeout: 5_000,
  });
  expect(last.membership.lives.ownerOf(2)?.epoch).toBe(3);
});
