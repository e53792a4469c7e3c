import { type PeerId, peerId } from '@manytabs/protocol';
import type { ForwardedSignal } from '@manytabs/transport';
import { expect, test } from 'vitest';
import { wirePair } from '../../../test/wire-pair.ts';
import { Line } from './line.ts';
import { SignalExchange } from './signal-exchange.ts';
import type { Wire } from './wire.ts';

/** The signalling of one server, without sockets. */
class Desk {
  readonly here = new Set<PeerId>();
  readonly heard: ForwardedSignal[] = [];
  #came: (peer: PeerId) => void = () => {};
  #gone: (peer: PeerId) => void = () => {};

  peers(): PeerId[] {
    return [...this.here];
  }

  onCame(listener: (peer: PeerId) => void): void {
    this.#came = listener;
  }

  onGone(listener: (peer: PeerId) => void): void {
    this.#gone = listener;
  }

  deliver(signal: ForwardedSignal): boolean {
    if (this.here.has(signal.dst)) this.heard.push(signal);
    return this.here.has(signal.dst);
  }

  come(peer: PeerId): void {
    this.here.add(peer);
    this.#came(peer);
  }

  go(peer: PeerId): void {
    this.here.delete(peer);
    this.#gone(peer);
  }
}

class Server {
  now = 0;
  readonly desk = new Desk();
  readonly exchange = new SignalExchange(() => this.now);

  constructor(...peers: PeerId[]) {
    for (const peer of peers) this.desk.come(peer);
    this.exchange.attach(this.desk);
  }

  meet(wire: Wire): Line {
    const line: Line = new Line(wire, {
      onOpen: () => {},
      onLoad: () => {},
      ...this.exchange.over(() => line),
      onClose: () => this.exchange.leave(line),
    });
    this.exchange.join(line);
    return line;
  }
}

const [alice, bob, mallory] = [peerId('alice'), peerId('bob'), peerId('mallory')];
const candidate = { candidate: 'candidate:1', sdpMid: null, sdpMLineIndex: 0 };
const data = { type: 'data', connectionId: 'dc_1' } as const;
const offer = (src: PeerId, dst: PeerId): ForwardedSignal => ({
  ...{ type: 'OFFER', src, dst },
  payload: {
    ...{ ...data, serialization: 'raw', reliable: true, label: 'dc_1' },
    sdp: { type: 'offer', sdp: 'v=0' },
  },
});
const route = (src: PeerId, dst: PeerId): ForwardedSignal => ({
  ...{ type: 'CANDIDATE', src, dst },
  payload: { ...data, candidate },
});

/** Two servers as they are in truth: each has made a wire to the other. */
async function setup() {
  const servers = [new Server(alice), new Server(bob)] as const;
  const lines: Line[] = [];
  for (const [a, b] of [wirePair(), wirePair()]) lines.push(servers[0].meet(a), servers[1].meet(b));
  await expect.poll(() => servers[0].exchange.forward(route(alice, bob))).toBe(true);
  await expect.poll(() => servers[1].desk.heard.length).toBeGreaterThan(0);
  servers[1].desk.heard.length = 0;
  return { near: servers[0], far: servers[1], lines };
}

test('[SV43] a signal goes to the server that has its receiver, whole and in order, and one comes back', async () => {
  const { near, far } = await setup();
  const sent = [offer(alice, bob), route(alice, bob)];
  expect(sent.map((signal) => near.exchange.forward(signal))).toEqual([true, true]);
  await expect.poll(() => far.desk.heard).toEqual(sent);
  expect(far.exchange.forward(route(bob, alice))).toBe(true);
  await expect.poll(() => near.desk.heard).toEqual([route(bob, alice)]);
});

test('[SV43] tabs that come later are reached, and those that went are nowhere', async () => {
  const { near, far } = await setup();
  const late = peerId('late');
  expect(near.exchange.forward(offer(alice, late))).toBe(false);
  far.desk.come(late);
  await expect.poll(() => near.exchange.forward(offer(alice, late))).toBe(true);
  far.desk.go(late);
  await expect.poll(() => near.exchange.forward(offer(alice, late))).toBe(false);
});

test('[SV43] one of two wires is enough; without any the tabs of the other server are nowhere', async () => {
  const { near, far, lines } = await setup();
  lines[0]?.close();
  await expect.poll(() => near.exchange.forward(offer(alice, bob))).toBe(true);
  await expect.poll(() => far.desk.heard.length).toBe(1);
  lines[2]?.close();
  await expect.poll(() => near.exchange.forward(offer(alice, bob))).toBe(false);
});

test('[SV44] who offers to a tab that has just gone hears that it has', async () => {
  const { near, far } = await setup();
  far.desk.here.delete(bob);
  expect(near.exchange.forward(offer(alice, bob))).toBe(true);
  await expect.poll(() => near.desk.heard).toEqual([{ type: 'EXPIRE', src: bob, dst: alice }]);
});

test('[SV44] a server does not speak for a tab that it did not name', async () => {
  const { near, far } = await setup();
  expect(near.exchange.forward(offer(mallory, bob))).toBe(true);
  near.exchange.forward(route(alice, bob));
  await expect.poll(() => far.desk.heard).toEqual([route(alice, bob)]);
});

test('[SV44] a flood of another server is cut, and ends with it', async () => {
  const { near, far } = await setup();
  for (let n = 0; n < 25_000; n++) near.exchange.forward(route(alice, bob));
  await expect.poll(() => far.desk.heard.length).toBeGreaterThan(19_000);
  expect(far.desk.heard.length).toBeLessThanOrEqual(20_000);
  far.now += 1_000;
  const before = far.desk.heard.length;
  near.exchange.forward(offer(alice, bob));
  await expect.poll(() => far.desk.heard.length).toBe(before + 1);
});

test('[SV44] where the way to the other server is full, its tabs are nowhere', async () => {
  const near = new Server(alice);
  const far = new Server(bob);
  const [here, there] = wirePair();
  let waiting = 0;
  here.bufferedBytes = () => waiting;
  near.meet(here);
  far.meet(there);
  await expect.poll(() => near.exchange.forward(offer(alice, bob))).toBe(true);
  waiting = 5 * 1024 * 1024;
  expect(near.exchange.forward(offer(alice, bob))).toBe(false);
});
