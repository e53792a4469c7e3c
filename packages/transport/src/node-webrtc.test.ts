import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type PeerId, peerId } from '@manytabs/protocol';
import { describeTransport } from './contract.ts';
import type { LaneLink } from './lanes.ts';
import { NodeWebRtcTransport } from './node-webrtc.ts';
import { Signalling } from './signalling.ts';
import { SignallingClient } from './signalling-client.ts';

/** ICE leaves loopback out unless told to bind it; a machine without a network has nothing else. */
function bindAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ internal }) => !internal) ? undefined : '127.0.0.1';
}

async function setup() {
  const signalling = new Signalling({ offerRate: { burst: 1000, perSecond: 1000 } });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => signalling.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/peerjs`;
  const endpoint = (self: PeerId) =>
    NodeWebRtcTransport.open({
      signalling: new SignallingClient({ self, url }),
      bindAddress: bindAddress(),
    });
  return { signalling, server, endpoint };
}

describeTransport('Node WebRTC', async () => {
  const { signalling, server, endpoint } = await setup();
  const spokes: { close(): Promise<void> }[] = [];
  const hub = await endpoint(peerId('hub'));
  return {
    hub,
    spoke: async (self) => {
      const spoke = await endpoint(self);
      spokes.push(spoke);
      return spoke;
    },
    writeFrame: (link, lane, frame) => (link as LaneLink).writeFrame(lane, frame),
    close: async () => {
      await Promise.all(spokes.map((spoke) => spoke.close()));
      await hub.close();
      signalling.close();
      server.close();
    },
  };
});
