import { type Link, type PeerId, peerId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { describeTransport, type TransportWorld } from './contract.ts';
import type { LaneLink } from './lanes.ts';
import { MemoryNetwork } from './memory.ts';

describeTransport('memory', () => {
  const network = new MemoryNetwork();
  const hub = network.endpoint(peerId('hub'));
  const world: TransportWorld = {
    hub,
    spoke: (self: PeerId) => Promise.resolve(network.endpoint(self)),
    writeFrame: (link, lane, frame) => (link as LaneLink).writeFrame(lane, frame),
    close: () => hub.close(),
  };
  return Promise.resolve(world);
});

test('[TR13] a peer that vanishes without a word is a lost connection at the other end', async () => {
  const network = new MemoryNetwork();
  const arrival = new Promise<Link>((resolve) => network.endpoint(peerId('hub')).onLink(resolve));
  await network.endpoint(peerId('spoke')).connect(peerId('hub'));
  const link = await arrival;
  const lost = new Promise((resolve) => link.onClose(({ code }) => resolve(code)));
  network.cut(peerId('spoke'));
  expect(await lost).toBe('connection-lost');
});
