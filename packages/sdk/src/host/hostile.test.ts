import {
  COORDINATOR_PEER_ID,
  encodeFrame,
  encodeValue,
  helloBytes,
  type Link,
  type PeerId,
  PROTOCOL_VERSION,
} from '@manytabs/protocol';
import { decode } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { newKeyPair } from '../identity/crypto.ts';
import { type Identity, identityOf } from '../identity/identity.ts';

// Peers that speak out of turn, in other tongues, or in somebody else's name. Each is told a code and closed; an honest
// volunteer beside them computes on.

interface Word {
  readonly type: string;
  readonly code?: string;
  readonly nonce?: Uint8Array;
}

const isAssign = ({ type }: Word) => type === 'assign';

let world: MemoryGrid;
let peers = 0;

beforeEach(() => {
  world = new MemoryGrid();
});

afterEach(() => world.close());

async function call(self?: PeerId) {
  peers += 1;
  const endpoint = world.network.endpoint(self ?? (`stranger-${peers}` as PeerId));
  const link = await endpoint.connect(COORDINATOR_PEER_ID);
  const heard: Word[] = [];
  const closed = new Promise<void>((resolve) => link.onClose(() => resolve()));
  link.onMessage((_lane, frame) => heard.push(...(decode(frame.subarray(1)) as Word[])));
  await until(() => heard.length > 0);
  return { link, heard, closed, nonce: heard[0]?.nonce as Uint8Array };
}

function say(link: Link, ...messages: { type: string }[]): void {
  link.send('control', encodeFrame(messages));
}

function join(identity: Identity, nonce: Uint8Array, overrides: object = {}) {
  const { peer, publicKey } = identity;
  const signature = identity.sign(helloBytes(nonce, peer));
  return { type: 'join', publicKey, signature, peer, workers: 1, agent: 'test', ...overrides };
}

async function until(claim: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!claim() && performance.now() < end) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(claim()).toBe(true);
}

describe('a stranger', () => {
  test('[CO50] is challenged first, with a nonce of its own', async () => {
    const [a, b] = [await call(), await call()];
    expect(a.heard[0]).toMatchObject({ type: 'challenge', version: PROTOCOL_VERSION });
    expect(a.nonce).toHaveLength(32);
    expect(a.nonce).not.toEqual(b.nonce);
  });

  test.each([
    ['rubbish', new Uint8Array([PROTOCOL_VERSION, 2, 3, 4]), 'frame-malformed'],
    ['another version', new Uint8Array([99, 0x90]), 'version-mismatch'],
    ['an empty frame', new Uint8Array([PROTOCOL_VERSION, 0x90]), 'frame-unexpected'],
    [
      'a message out of turn',
      encodeFrame([{ type: 'goodbye', reason: '' } as never]),
      'frame-unexpected',
    ],
    ['too much at once', new Uint8Array(10_000), 'frame-too-large'],
  ])('[CO51] who says %s is told and closed', async (_what, frame, code) => {
    const { link, heard, closed } = await call();
    link.send('control', frame);
    await closed;
    expect(heard.at(-1)).toMatchObject({ type: 'reject', code });
  });
});

describe('an identity', () => {
  const identity = identityOf(newKeyPair());

  test('[CO52] [AC17] is not borrowed: a signature of another key, nonce or peer is refused', async () => {
    const thief = identityOf(newKeyPair());
    const borrowed = [
      (nonce: Uint8Array) => join(identity, nonce, { signature: thief.sign(nonce) }),
      (nonce: Uint8Array) =>
        join(
          identity,
          nonce.map((byte) => byte ^ 1),
        ),
      (nonce: Uint8Array) => join(identity, nonce, { peer: thief.peer }),
      (nonce: Uint8Array) => join(identity, nonce, { publicKey: new Uint8Array(32) }),
      // A key of one's own for the peer id of somebody else.
      (nonce: Uint8Array) => join({ ...thief, peer: identity.peer }, nonce),
    ];
    for (const words of borrowed) {
      const { link, heard, closed, nonce } = await call();
      say(link, words(nonce));
      await closed;
      expect(heard.at(-1)).toMatchObject({ type: 'reject', code: 'identity-refused' });
    }
    expect(world.host.status().volunteers).toBe(0);
  });

  test('[CO53] that returns on a new link takes over from the old one', async () => {
    const first = await call();
    say(first.link, join(identity, first.nonce));
    await until(() => first.heard.some(({ type }) => type === 'welcome'));
    const second = await call();
    say(second.link, join(identity, second.nonce));
    await first.closed;
    expect(first.heard.at(-1)).toMatchObject({ type: 'reject', code: 'identity-in-use' });
    expect(world.host.status().volunteers).toBe(1);
  });
});

describe('a volunteer', () => {
  async function joined() {
    const caller = await call();
    say(caller.link, join(identityOf(newKeyPair()), caller.nonce));
    await until(() => caller.heard.some(({ type }) => type === 'welcome'));
    return caller;
  }

  test('[SY13] gets nothing of the space without a lease, whatever and however often it asks', async () => {
    const caller = await joined();
    const lease = 999_999;
    const operation = encodeValue({ do: 'get', key: 'a' });
    const calls = Array.from({ length: 400 }, (_, n) => {
      const garbage = Uint8Array.of(0xc1, n % 256);
      return { type: 'task-space', lease, call: `c${n}`, operation: n % 2 ? operation : garbage };
    });
    for (let at = 0; at < calls.length; at += 50) say(caller.link, ...calls.slice(at, at + 50));
    const answers = () => caller.heard.filter(({ type }) => type === 'task-space-answer');
    await until(() => answers().length === calls.length);
    const codes = new Set(answers().map(({ code }) => code));
    expect(codes).toEqual(new Set(['space-refused', 'rate-limited']));
  });

  test('[CO54] cannot speak as a submitter, nor join twice', async () => {
    const asks = await joined();
    say(asks.link, { type: 'query', request: 1, what: 'jobs' } as never);
    await asks.closed;
    expect(asks.heard.at(-1)).toMatchObject({ type: 'reject', code: 'frame-unexpected' });
    const twice = await joined();
    say(twice.link, join(identityOf(newKeyPair()), twice.nonce));
    await twice.closed;
    expect(twice.heard.at(-1)).toMatchObject({ type: 'reject', code: 'frame-unexpected' });
  });

  test('[CO55] cannot hand in a result under a lease it does not hold', async () => {
    const grid = await world.submitter();
    const caller = await joined();
    const job = grid.map([1, 2, 3], (n) => n);
    await until(() => caller.heard.some(({ type }) => type === 'assign'));
    const values = new Uint8Array([7, 7, 7]);
    say(caller.link, { type: 'results', lease: 999_999, from: 0, values, busyMs: 1 } as never);
    await until(() => caller.heard.some(({ code }) => code === 'lease-stale'));
    caller.link.close();
    world.donate();
    expect(await job).toEqual([1, 2, 3]);
  });

  test('[WI17] whose result its submitter could not read is closed, and another computes it', async () => {
    const grid = await world.submitter();
    const caller = await joined();
    const job = grid.map([7], (n: number) => n + 1);
    await until(() => caller.heard.some(({ type }) => type === 'assign'));
    const { lease } = caller.heard.find(({ type }) => type === 'assign') as { lease?: number };
    const values = Uint8Array.from([0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 1]);
    say(caller.link, { type: 'results', lease, from: 0, values, busyMs: 1 } as never);
    await caller.closed;
    expect(caller.heard.at(-1)).toMatchObject({ type: 'reject', code: 'frame-malformed' });
    world.donate();
    expect(await job).toEqual([8]);
  });

  test('[VA2] hears nothing of what others computed, so that it has nothing to copy', async () => {
    const grid = await world.submitter();
    const [first, second] = [await joined(), await joined()];
    const frames: Uint8Array[] = [];
    second.link.onMessage((_lane, frame) => frames.push(frame));
    const job = grid.map([1], (n: unknown) => n, { quorum: 2 });
    await until(() => [first, second].every(({ heard }) => heard.some(isAssign)));
    const { lease } = first.heard.find(isAssign) as { lease?: number };
    const values = encodeValue('a result worth copying');
    say(first.link, { type: 'results', lease, from: 0, values, busyMs: 1 } as never);
    await until(() => world.host.machine.job(job.id)?.tasks.provisional === 1);
    const said = frames.map((frame) => new TextDecoder().decode(frame)).join();
    expect(said).not.toContain('worth copying');
    const { lease: own } = second.heard.find(isAssign) as { lease?: number };
    say(second.link, { type: 'results', lease: own, from: 0, values, busyMs: 1 } as never);
    expect(await job).toEqual(['a result worth copying']);
  });

  test('[CO56] that breaks the protocol is closed, and the others compute on', async () => {
    const grid = await world.submitter();
    world.donate();
    const caller = await joined();
    const job = grid.map(
      Array.from({ length: 50 }, (_, i) => i),
      (n) => n,
    );
    caller.link.send('control', new Uint8Array([PROTOCOL_VERSION, 0xdd, 255, 255, 255, 255]));
    await caller.closed;
    expect(caller.heard.at(-1)).toMatchObject({ type: 'reject', code: 'frame-malformed' });
    expect(await job).toHaveLength(50);
  });
});
