import { COORDINATOR_PEER_ID, encodeFrame, helloBytes, type PeerId } from '@manytabs/protocol';
import { decode } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { newKeyPair } from '../identity/crypto.ts';
import { identityOf } from '../identity/identity.ts';

let world: MemoryGrid;

beforeEach(() => {
  world = new MemoryGrid();
});

afterEach(() => world.close());

/** A volunteer that joined and now says what it likes. */
async function flooder() {
  const identity = identityOf(newKeyPair());
  const { peer, publicKey } = identity;
  const link = await world.network.endpoint(peer as PeerId).connect(COORDINATOR_PEER_ID);
  const heard: { type: string; code?: string; nonce: Uint8Array }[] = [];
  let isClosed = false;
  link.onClose(() => {
    isClosed = true;
  });
  link.onMessage((_lane, frame) => heard.push(...(decode(frame.subarray(1)) as typeof heard)));
  await until(() => heard.length > 0);
  const nonce = heard[0]?.nonce ?? new Uint8Array();
  const signature = await identity.sign(helloBytes(nonce, peer));
  const join = { type: 'join', publicKey, signature, peer, workers: 1, agent: 'flood' };
  link.send('control', encodeFrame([join]));
  await until(() => heard.some(({ type }) => type === 'welcome'));
  return { link, heard, isClosed: () => isClosed };
}

async function until(claim: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !claim(); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(claim()).toBe(true);
}

const BEAT = { type: 'heartbeat', workers: 1, accepting: true, running: 0 };

describe('[AC13] a peer that floods', () => {
  test.each([
    ['frames', 1],
    ['messages, many a frame', 100],
  ])('%s is told rate-limited and closed, while others compute on', async (_what, perFrame) => {
    const grid = await world.submitter();
    world.donate();
    const bad = await flooder();
    const job = grid.map(
      Array.from({ length: 200 }, (_, n) => n),
      (n) => n + 1,
    );
    const frame = encodeFrame(Array.from({ length: perFrame }, () => BEAT));
    let sent = 0;
    while (!bad.isClosed() && sent < 200_000) {
      for (let n = 0; n < 1_000; n += perFrame, sent += perFrame) bad.link.send('control', frame);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bad.isClosed()).toBe(true);
    expect(bad.heard.at(-1)).toMatchObject({ type: 'reject', code: 'rate-limited' });
    expect(sent).toBeLessThan(100_000);
    expect(await job).toHaveLength(200);
    expect(world.host.status().volunteers).toBe(1);
  });

  test('shards are asked for faster than they can be served: it is closed, and nothing piles up', async () => {
    const bad = await flooder();
    const asks = Array.from({ length: 500 }, () => ({ type: 'fetch', shard: 'a'.repeat(64) }));
    const frame = encodeFrame(asks);
    for (let n = 0; n < 60 && !bad.isClosed(); n++) bad.link.send('control', frame);
    await until(bad.isClosed);
    expect(bad.heard.at(-1)).toMatchObject({ type: 'reject', code: 'rate-limited' });
  });
});
