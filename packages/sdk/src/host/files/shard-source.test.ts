import { GridError, type SessionId, type ShardId, sessionId } from '@manytabs/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OriginShards } from './origin-shards.ts';
import type { ShardRelay } from './shard-relay.ts';
import { ShardSource } from './shard-source.ts';
import type { Staging } from './staging.ts';

const SHARD = 'ab'.repeat(32) as ShardId;
const [SLOW, GOOD] = [sessionId(1), sessionId(2)];
const BYTES = Uint8Array.of(1, 2, 3);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The coordinator has nothing of its own; `answers` tells what each holder gives, and after how many ms. */
function source(answers: ReadonlyMap<SessionId, { ms: number; bytes?: Uint8Array }>) {
  const blamed: SessionId[] = [];
  const fetch = async (session: SessionId) => {
    const { ms = 0, bytes } = answers.get(session) ?? {};
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (!bytes) throw new GridError('shard-corrupt', 'It does not fit its hash.');
    return bytes;
  };
  const made = new ShardSource({
    origin: { get: async () => undefined } as unknown as OriginShards,
    staging: { get: () => undefined } as unknown as Staging,
    relay: { fetch } as unknown as ShardRelay,
    holdersOf: () => [...answers.keys()],
    onRefuted: (session) => blamed.push(session),
    onAbsent: () => {},
    rebuild: async () => undefined,
  });
  return { source: made, blamed };
}

test('[FI45] a holder that serves rubbish slowly gets company, costs a moment, and is blamed', async () => {
  const { source: slowly, blamed } = source(
    new Map([
      [SLOW, { ms: 19_000 }],
      [GOOD, { ms: 10, bytes: BYTES }],
    ]),
  );
  const read = slowly.bytesOf(SHARD);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await read).toEqual(BYTES);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(blamed).toEqual([SLOW]);
});

test('[FI45] rubbish from all of them is an answer that there is none', async () => {
  const { source: rotten, blamed } = source(
    new Map([
      [SLOW, { ms: 10 }],
      [GOOD, { ms: 10 }],
    ]),
  );
  const read = rotten.bytesOf(SHARD);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await read).toBeUndefined();
  expect(blamed.toSorted()).toEqual([SLOW, GOOD]);
});
