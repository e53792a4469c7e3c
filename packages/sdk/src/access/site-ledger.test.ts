import { GridError, type KeyValue, type PeerId, type Timers } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { beforeEach, expect, test } from 'vitest';
import { SiteLedger } from './site-ledger.ts';
import { drawToken } from './token-text.ts';

const KEY = drawToken('site-key');
const OTHER = drawToken('site-key');
const tokens = { isSiteKey: (id: string) => id === KEY.id };

let now = 1_000;
let store: KeyValue;
let waiting: (() => void)[];

const timers: Timers = {
  now: () => now,
  nextTurn: () => Promise.resolve(),
  after: (_, act) => {
    waiting.push(act);
    return () => {};
  },
};

const open = (over: KeyValue = store) =>
  new SiteLedger({ store: over, clock: () => now, tokens, timers });

beforeEach(() => {
  now = 1_000;
  store = new MemoryKeyValue();
  waiting = [];
});

test('[EM22] what came of a key is told at once, and is still told after a restart', async () => {
  const ledger = open();
  ledger.onShown(KEY.id);
  ledger.onShown(KEY.id);
  ledger.onAllowed(KEY.id, 'peer-1' as PeerId);
  ledger.onWorked(KEY.id, { failed: 1, busyMs: 1_500 });
  now = 2_000;
  ledger.onRefused(KEY.token, 'origin-refused');
  const refused = { 'origin-refused': 1 };
  const use = { shown: 2, allowed: 1, failed: 1, busyMs: 1_500, refused, lastAt: 2_000 };
  expect((await ledger.read()).get(KEY.id)).toEqual(use);
  expect(waiting).toHaveLength(1);
  await ledger.flush();
  expect((await open().read()).get(KEY.id)).toEqual(use);
  expect((await ledger.read()).get(KEY.id)).toEqual(use);
});

test('[EM22] a visit that connects again counts once', async () => {
  const ledger = open();
  for (const peer of ['peer-1', 'peer-1', 'peer-2']) ledger.onAllowed(KEY.id, peer as PeerId);
  expect((await ledger.read()).get(KEY.id)?.allowed).toBe(2);
});

test('[EM22] what was never a key of a site fills no account', async () => {
  const ledger = open();
  for (const forged of ['', 'mk_forged', OTHER.token, `${KEY.token}x`]) {
    ledger.onRefused(forged, 'token-refused');
  }
  expect((await ledger.read()).size).toBe(0);
});

test('[EM22] servers that count at the same time lose nothing, and neither does a store that fails', async () => {
  const [one, two] = [open(), open()];
  for (let i = 0; i < 10; i++) {
    one.onShown(KEY.id);
    two.onShown(KEY.id);
    await Promise.all([one.flush(), two.flush()]);
  }
  expect((await open().read()).get(KEY.id)?.shown).toBe(20);
  class FullKeyValue extends MemoryKeyValue {
    override put(): Promise<number> {
      return Promise.reject(new GridError('storage-full', 'It is full.'));
    }
  }
  const third = open(new FullKeyValue());
  third.onShown(KEY.id);
  await third.flush();
  expect((await third.read()).get(KEY.id)?.shown).toBe(1);
});
