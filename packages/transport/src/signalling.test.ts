import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PeerId, peerId } from '@manytabs/protocol';
import { PeerServer } from 'peer';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Signalling, type SignallingOptions } from './signalling.ts';
import { SignallingClient } from './signalling-client.ts';
import type { ServerSignal } from './signals.ts';

type Json = Readonly<Record<string, unknown>>;

/** A client as bare as can be: every frame it got, in order. */
class Bare {
  readonly socket: WebSocket;
  readonly heard: Json[] = [];
  closeCode: number | undefined;
  #changed = () => {};

  constructor(base: string, query: string) {
    this.socket = new WebSocket(`${base}?${query}`);
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)) as Json);
      this.#changed();
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
      this.#changed();
    });
    onTestFinished(() => this.socket.terminate());
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async hears(count: number): Promise<readonly Json[]> {
    await this.#until(() => this.heard.length >= count);
    return this.heard;
  }

  async closed(): Promise<number | undefined> {
    await this.#until(() => this.closeCode !== undefined);
    return this.closeCode;
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return address(server);
}

function address(server: { address(): unknown }): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/peerjs`;
}

async function setup(options: SignallingOptions = {}) {
  const signalling = new Signalling(options);
  const server = createServer();
  server.on('upgrade', (request, socket, head) => signalling.upgrade(request, socket, head));
  const url = await listen(server);
  onTestFinished(() => {
    signalling.close();
    server.close();
  });
  const open = async (id: string, token = id) => {
    const client = new Bare(url, `key=peerjs&id=${id}&token=${token}`);
    await client.hears(1);
    return client;
  };
  return { signalling, url, open };
}

const payload = { type: 'data', connectionId: 'dc_1' };
const offer = (dst: string) => ({
  type: 'OFFER',
  dst,
  payload: {
    ...payload,
    sdp: { type: 'offer', sdp: 'v=0' },
    label: 'dc_1',
    reliable: true,
    serialization: 'raw',
  },
});
const answer = (dst: string) => ({
  type: 'ANSWER',
  dst,
  payload: { ...payload, sdp: { type: 'answer', sdp: 'v=0' } },
});
const candidate = (dst: string) => ({
  type: 'CANDIDATE',
  dst,
  payload: { ...payload, candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } },
});

/** What an ordinary PeerJS conversation sounds like at each end. */
async function converse(url: string): Promise<unknown> {
  const open = async (id: string, token: string) => {
    const client = new Bare(url, `key=peerjs&id=${id}&token=${token}&version=1.5.5`);
    await client.hears(1);
    return client;
  };
  const alice = await open('alice', 'a');
  const bob = await open('bob', 'b');
  const thief = await open('alice', 'x');
  alice.say({ type: 'HEARTBEAT' });
  alice.say({ ...offer('bob'), src: 'somebody-else' });
  alice.say(candidate('bob'));
  await bob.hears(3);
  bob.say(answer('alice'));
  bob.say({ type: 'LEAVE', dst: 'alice' });
  await alice.hears(3);
  alice.say(offer('nobody'));
  await alice.hears(4);
  await thief.closed();
  return { alice: alice.heard, bob: bob.heard, thief: thief.heard };
}

async function startReference(): Promise<string> {
  return new Promise((resolve) => {
    const options = { port: 0, host: '127.0.0.1', path: '/', expire_timeout: 1 };
    PeerServer({ ...options, cleanup_out_msgs: 20 }, (server) => {
      onTestFinished(() => void server.close());
      resolve(address(server));
    });
  });
}

test('[TR20] a conversation sounds as it does at PeerServer', async () => {
  const { url } = await setup();
  const reference = await startReference();
  expect(await converse(url)).toEqual(await converse(reference));
});

test('[TR21] who signals an absent peer hears so at once, and nothing is kept', async () => {
  const { open } = await setup();
  const alice = await open('alice');
  alice.say(offer('bob'));
  expect((await alice.hears(2))[1]).toEqual({ type: 'EXPIRE', src: 'bob', dst: 'alice' });
  const bob = await open('bob');
  alice.say(candidate('bob'));
  expect((await bob.hears(2)).map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE']);
});

test('[TR18] a closed socket is told of once, with its id', async () => {
  const { signalling, open } = await setup();
  const alice = await open('alice');
  const gone = new Promise<PeerId>((resolve) => signalling.onGone(resolve));
  expect(signalling.has(peerId('alice'))).toBe(true);
  alice.socket.terminate();
  expect(await gone).toBe('alice');
  expect(signalling.has(peerId('alice'))).toBe(false);
});

test('[TR22] the same token takes its id over and hears that it is open', async () => {
  const { signalling, open } = await setup();
  const gone: PeerId[] = [];
  signalling.onGone((peer) => gone.push(peer));
  const first = await open('alice', 'same');
  const second = await open('alice', 'same');
  expect(second.heard).toEqual([{ type: 'OPEN' }]);
  await first.closed();
  expect(gone).toEqual([]);
  const bob = await open('bob');
  bob.say(offer('alice'));
  expect(await second.hears(2)).toHaveLength(2);
});

test('[TR22] an id of an endpoint in the process cannot be taken', async () => {
  const { signalling, open } = await setup();
  const heard: ServerSignal[] = [];
  const local = signalling.attach(peerId('coordinator'));
  const arrival = new Promise<void>((resolve) => {
    local.onSignal((signal) => {
      heard.push(signal);
      resolve();
    });
  });
  const thief = await open('coordinator');
  expect(thief.heard[0]?.type).toBe('ID-TAKEN');
  const alice = await open('alice');
  alice.say(offer('coordinator'));
  await arrival;
  expect(heard).toMatchObject([{ type: 'OFFER', src: 'alice' }]);
});

describe('[TR23] what no PeerJS of ours sends closes its socket and nothing else', () => {
  const hostile: [string, unknown, number][] = [
    ['no JSON', 'hello', 1008],
    ['no object', '[1]', 1008],
    ['a server message', { type: 'OPEN' }, 1008],
    ['a forged expiry', { type: 'EXPIRE', dst: 'bob' }, 1008],
    ['no such id', { type: 'LEAVE', dst: '__proto__' }, 1008],
    ['media', { ...offer('bob'), payload: { ...offer('bob').payload, type: 'media' } }, 1008],
    [
      'another serialization',
      { ...offer('bob'), payload: { ...offer('bob').payload, serialization: 'binary' } },
      1008,
    ],
    ['an oversize message', 'x'.repeat(70_000), 1009],
  ];
  test.each(hostile)('[TR23] %s', async (_, message, code) => {
    const { open } = await setup();
    const [mallory, bob] = [await open('mallory'), await open('bob')];
    mallory.say(message);
    expect(await mallory.closed()).toBe(code);
    bob.say(offer('bob'));
    expect(await bob.hears(2)).toHaveLength(2);
  });
});

test('[TR24] too many messages close the socket', async () => {
  const { open } = await setup({ messageRate: { burst: 10, perSecond: 0.001 } });
  const alice = await open('alice');
  for (let i = 0; i <= 10; i++) alice.say({ type: 'HEARTBEAT' });
  expect(await alice.closed()).toBe(1008);
});

test('[TR24] too many offers close the socket', async () => {
  const { open } = await setup({ offerRate: { burst: 3, perSecond: 0.001 } });
  const [alice, bob] = [await open('alice'), await open('bob')];
  for (let i = 0; i <= 3; i++) alice.say(offer('bob'));
  expect(await alice.closed()).toBe(1008);
  expect(await bob.hears(4)).toHaveLength(4);
});

test('[TR24] an offer that is not allowed finds nobody', async () => {
  const { open } = await setup({ mayOffer: (from) => from === 'alice' });
  const [alice, bob] = [await open('alice'), await open('bob')];
  bob.say(offer('alice'));
  expect((await bob.hears(2))[1]?.type).toBe('EXPIRE');
  alice.say(offer('bob'));
  expect((await bob.hears(3))[2]?.type).toBe('OFFER');
});

/** Two servers, each with the other's clients as those that are elsewhere. */
async function setupTwo(options: SignallingOptions = {}) {
  const near = await setup({ forward: (signal) => far.signalling.deliver(signal) });
  const far = await setup({ ...options, forward: (signal) => near.signalling.deliver(signal) });
  return { near, far };
}

test('[TR25] clients of two servers signal each other as if they were of one', async () => {
  const { near, far } = await setupTwo();
  const [alice, bob] = [await near.open('alice'), await far.open('bob')];
  alice.say({ ...offer('bob'), src: 'somebody-else' });
  alice.say(candidate('bob'));
  await bob.hears(3);
  bob.say(answer('alice'));
  bob.say({ type: 'LEAVE', dst: 'alice' });
  const { dst: _, ...sent } = offer('bob');
  expect(bob.heard[1]).toEqual({ ...sent, src: 'alice', dst: 'bob' });
  expect((await alice.hears(3)).map(({ type }) => type)).toEqual(['OPEN', 'ANSWER', 'LEAVE']);
  alice.say(offer('nobody'));
  expect((await alice.hears(4))[3]).toEqual({ type: 'EXPIRE', src: 'nobody', dst: 'alice' });
});

test('[TR25] what another server forwards reaches no endpoint of the process, and nobody it may not', async () => {
  const { near, far } = await setupTwo({ mayOffer: () => false });
  const heard: ServerSignal[] = [];
  far.signalling.attach(peerId('coordinator')).onSignal((signal) => void heard.push(signal));
  const [alice, bob] = [await near.open('alice'), await far.open('bob')];
  for (const dst of ['coordinator', 'bob']) alice.say(offer(dst));
  expect((await alice.hears(3)).map(({ type }) => type)).toEqual(['OPEN', 'EXPIRE', 'EXPIRE']);
  alice.say(candidate('bob'));
  expect((await bob.hears(2)).map(({ type }) => type)).toEqual(['OPEN', 'CANDIDATE']);
  expect(heard).toEqual([]);
});

test('[TR25] whoever comes and goes is told of, but for endpoints of the process', async () => {
  const { signalling, open } = await setup();
  const told: string[] = [];
  signalling.onCame((peer) => void told.push(`+${peer}`));
  const gone = new Promise<PeerId>((resolve) => signalling.onGone(resolve));
  signalling.attach(peerId('coordinator'));
  const alice = await open('alice');
  expect([told, signalling.peers()]).toEqual([['+alice'], ['alice']]);
  alice.socket.terminate();
  expect(await gone).toBe('alice');
  expect(signalling.peers()).toEqual([]);
});

test.each(['key=wrong&id=a&token=t', 'key=peerjs&id=UPPER&token=t', 'key=peerjs&id=a', ''])(
  '[TR14] signalling refuses %s before the handshake',
  async (query) => {
    const { url } = await setup();
    const [error] = await once(new WebSocket(`${url}?${query}`), 'error');
    expect(String(error)).toContain('400');
  },
);

test('[TR14] signalling holds so many sockets of an address', async () => {
  const { url, open } = await setup({ socketsPerAddressMax: 1 });
  await open('alice');
  const [error] = await once(new WebSocket(`${url}?key=peerjs&id=bob&token=b`), 'error');
  expect(String(error)).toContain('503');
});

test('[TR22] a client whose id is taken says so after some attempts', async () => {
  const { url, open } = await setup();
  await open('alice');
  const client = new SignallingClient({ self: peerId('alice'), url });
  onTestFinished(() => client.close());
  await expect(client.opened()).rejects.toMatchObject({ code: 'identity-in-use' });
});

test('[TR19] a client that lost its server finds it again', async () => {
  const { signalling, url } = await setup();
  const client = new SignallingClient({ self: peerId('alice'), url });
  onTestFinished(() => client.close());
  await client.opened();
  const signals = new Promise<ServerSignal>((resolve) => client.onSignal(resolve));
  const thief = new Bare(url, 'key=peerjs&id=alice&token=other');
  await thief.hears(1);
  signalling.attach(peerId('alice')).close();
  expect((await signals).type).toBe('OPEN');
});
