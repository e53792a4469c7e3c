import { launchBrowser } from '@manytabs/browser';
import { lanAddress, pageOf, serve } from '@manytabs/browser/testing';
import { GridError, type Link, type PeerId, peerId, type Transport } from '@manytabs/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RemoteLink, RemoteTab } from '../test/remote-transport.ts';
import { describeTransport, type TransportWorld } from './contract.ts';
import type { LaneLink } from './lanes.ts';
import { NodeWebRtcTransport } from './node-webrtc.ts';
import { Signalling } from './signalling.ts';
import { WebSocketEndpoint } from './websocket-server.ts';

// Real Chromium, real ICE. The page is served from the machine's LAN address over plain http, so it is no secure
// context: what runs here runs on a phone that opens the address of a laptop.

let browser: Browser;
let host: string;

beforeAll(async () => {
  browser = await launchBrowser();
  host = requireLan();
}, 60_000);
afterAll(async () => {
  await browser.close();
}, 60_000);

function requireLan(): string {
  const address = lanAddress();
  if (address) return address;
  throw new GridError('unreachable', 'ICE needs a network interface with a default route.');
}

async function setup() {
  const signalling = new Signalling({ offerRate: { burst: 1000, perSecond: 1000 } });
  const endpoint = new WebSocketEndpoint({ self: peerId('hub') });
  const server = await serve(await pageOf(new URL('../test/page.ts', import.meta.url)), {
    host,
    upgrade: (request, socket, head) => {
      const taker = request.url?.startsWith('/relay') ? endpoint : signalling;
      taker.upgrade(request, socket, head);
    },
  });
  const { origin, port, sockets } = server;
  const openTab = async () => {
    const page = await browser.newPage();
    return RemoteTab.open(page, origin);
  };
  const peerJsIn = (tab: RemoteTab, self: PeerId) => tab.peerJs({ self, host, port, path: '/' });
  const node = (self: PeerId) => NodeWebRtcTransport.open({ signalling: signalling.attach(self) });
  const close = async () => {
    signalling.close();
    await endpoint.close();
    await server.close();
  };
  return { signalling, endpoint, origin, sockets, openTab, peerJsIn, node, close };
}

const writeFrame: TransportWorld['writeFrame'] = (link, lane, frame) =>
  (link as LaneLink | RemoteLink).writeFrame(lane, frame);

const answerPings = (link: Link) => (link as RemoteLink).answerPings();

const OPTIONS = { timeoutMs: 60_000, manyLinks: 16 };

describeTransport(
  'PeerJS tab to Node',
  async () => {
    const { openTab, peerJsIn, node, close } = await setup();
    const tab = await openTab();
    const hub = await node(peerId('hub'));
    return {
      hub,
      writeFrame,
      spoke: (self) => peerJsIn(tab, self),
      close: async () => {
        await tab.page.close();
        await hub.close();
        await close();
      },
    };
  },
  OPTIONS,
);

describeTransport(
  'Node to PeerJS tab',
  async () => {
    const { signalling, openTab, peerJsIn, node, close } = await setup();
    const tab = await openTab();
    const hub = await peerJsIn(tab, peerId('hub'));
    // The tab begins to signal and does not wait for the server.
    await vi.waitFor(() => expect(signalling.has(peerId('hub'))).toBe(true), { timeout: 20_000 });
    const spokes: Transport[] = [];
    return {
      hub,
      writeFrame,
      answerPings,
      spoke: async (self) => {
        const spoke = await node(self);
        spokes.push(spoke);
        return spoke;
      },
      close: async () => {
        await tab.page.close();
        await Promise.all(spokes.map((spoke) => spoke.close()));
        await close();
      },
    };
  },
  OPTIONS,
);

describeTransport(
  'PeerJS tab to tab',
  async () => {
    const { openTab, peerJsIn, close } = await setup();
    const [here, there] = await Promise.all([openTab(), openTab()]);
    const hub = await peerJsIn(there, peerId('hub'));
    return {
      hub,
      writeFrame,
      answerPings,
      spoke: (self) => peerJsIn(here, self),
      close: async () => {
        await Promise.all([here.page.close(), there.page.close()]);
        await close();
      },
    };
  },
  OPTIONS,
);

describeTransport(
  'WebSocket of a tab',
  async () => {
    const { openTab, endpoint, origin, close } = await setup();
    const tab = await openTab();
    const url = `${origin.replace('http', 'ws')}/relay`;
    return {
      hub: endpoint,
      writeFrame,
      spoke: (self) => tab.webSocket({ self, url }),
      close: async () => {
        await tab.page.close();
        await close();
      },
    };
  },
  OPTIONS,
);

describe('a tab', { timeout: 60_000 }, () => {
  async function setupLink() {
    const world = await setup();
    const tab = await world.openTab();
    const hub = await world.node(peerId('hub'));
    const arrivals: Link[] = [];
    hub.onLink((link) => arrivals.push(link));
    const spoke = await world.peerJsIn(tab, peerId('spoke'));
    const near = await spoke.connect(peerId('hub'));
    await expect.poll(() => arrivals.length).toBe(1);
    const [far] = arrivals;
    if (!far) throw new GridError('closed', 'No link came in.');
    const close = async () => {
      await hub.close();
      await world.close();
    };
    return { ...world, tab, hub, spoke, near, far, close };
  }

  test('[TR16] works where the context is not secure', async () => {
    const { tab, close } = await setupLink();
    expect(await tab.page.evaluate(() => [isSecureContext, 'subtle' in crypto])).toEqual([
      false,
      false,
    ]);
    await tab.page.close();
    await close();
  });

  test('[TR17] that leaves the page closes its links at once', async () => {
    const { tab, far, close } = await setupLink();
    const closed = new Promise<string>((resolve) => far.onClose(({ code }) => resolve(code)));
    const leftAt = performance.now();
    await tab.page.goto('about:blank');
    expect(['closed', 'connection-lost']).toContain(await closed);
    expect(performance.now() - leftAt).toBeLessThan(3_000);
    await tab.page.close();
    await close();
  });

  test('[TR18] that is gone is known to the signalling server at once', async () => {
    const { tab, signalling, close } = await setupLink();
    const gone = new Promise<PeerId>((resolve) => signalling.onGone(resolve));
    const closedAt = performance.now();
    await tab.page.close();
    expect(await gone).toBe('spoke');
    expect(performance.now() - closedAt).toBeLessThan(3_000);
    await close();
  });

  test('[TR19] keeps its links while signalling is away, and finds it again', async () => {
    const { tab, signalling, sockets, near, far, spoke, close } = await setupLink();
    const gone = new Promise<PeerId>((resolve) => signalling.onGone(resolve));
    for (const socket of sockets) socket.destroy();
    await gone;
    const heard = new Promise<number>((resolve) => {
      far.onMessage((_, message) => resolve(message[0] ?? 0));
    });
    near.send('control', Uint8Array.of(42));
    expect(await heard).toBe(42);
    await expect.poll(() => signalling.has(peerId('spoke')), { timeout: 10_000 }).toBe(true);
    const second = await spoke.connect(peerId('hub'));
    second.close();
    await tab.page.close();
    await close();
  });
});
