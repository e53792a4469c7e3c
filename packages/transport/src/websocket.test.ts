import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Link, peerId } from '@manytabs/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { describeTransport } from './contract.ts';
import type { LaneLink } from './lanes.ts';
import { openNodeSocket } from './node-socket.ts';
import { WebSocketTransport } from './websocket-client.ts';
import { WebSocketEndpoint, type WebSocketEndpointOptions } from './websocket-server.ts';

async function setupEndpoint(options: Partial<WebSocketEndpointOptions> = {}) {
  const endpoint = new WebSocketEndpoint({ self: peerId('hub'), ...options });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => endpoint.upgrade(request, socket, head));
  const url = await listen(server);
  const close = async () => {
    await endpoint.close();
    server.closeAllConnections();
    server.close();
  };
  const spoke = (id: string) =>
    new WebSocketTransport({ self: peerId(id), url, openSocket: openNodeSocket });
  return { endpoint, url, spoke, close };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/road`;
}

describeTransport('WebSocket', async () => {
  const { endpoint, spoke, close } = await setupEndpoint();
  return {
    hub: endpoint,
    spoke: (self) => Promise.resolve(spoke(self)),
    writeFrame: (link, lane, frame) => (link as LaneLink).writeFrame(lane, frame),
    close,
  };
});

async function setup(options: Partial<WebSocketEndpointOptions> = {}) {
  const world = await setupEndpoint(options);
  onTestFinished(world.close);
  return world;
}

test('[TR13] a socket that breaks is a lost connection', async () => {
  const { endpoint, url } = await setup();
  const arrival = new Promise<Link>((resolve) => endpoint.onLink(resolve));
  const socket = new WebSocket(`${url}?id=spoke`);
  const [link] = await Promise.all([arrival, once(socket, 'open')]);
  const lost = new Promise((resolve) => link.onClose(({ code }) => resolve(code)));
  socket.terminate();
  expect(await lost).toBe('connection-lost');
});

test('[TR4] a text message is malformed', async () => {
  const { endpoint, url } = await setup();
  const arrival = new Promise<Link>((resolve) => endpoint.onLink(resolve));
  const socket = new WebSocket(url);
  const [link] = await Promise.all([arrival, once(socket, 'open')]);
  expect(link.peer).toMatch(/^w[a-z2-7]{20}$/);
  const closed = new Promise((resolve) => link.onClose(({ code }) => resolve(code)));
  socket.send('hello');
  expect(await closed).toBe('frame-malformed');
});

test.each(['?id=Not%20an%20id', '?id=', `?id=${'x'.repeat(64)}`])(
  '[TR14] the id %s is refused before the handshake',
  async (query) => {
    const { url } = await setup();
    const [error] = await once(new WebSocket(url + query), 'error');
    expect(String(error)).toContain('400');
  },
);

test('[TR14] one address opens so many sockets and no more', async () => {
  const { spoke, endpoint } = await setup({ socketsPerAddressMax: 2 });
  const first = await spoke('one').connect(endpoint.self);
  await spoke('two').connect(endpoint.self);
  await expect(spoke('three').connect(endpoint.self)).rejects.toMatchObject({
    code: 'unreachable',
  });
  first.close();
  await expect.poll(() => spoke('four').connect(endpoint.self), { timeout: 5_000 }).toBeDefined();
});

test('[TR14] all together open so many sockets and no more', async () => {
  const { spoke, endpoint } = await setup({ socketsMax: 1 });
  await spoke('one').connect(endpoint.self);
  await expect(spoke('two').connect(endpoint.self)).rejects.toMatchObject({ code: 'unreachable' });
});

test('[TR14] a socket that never says anything is closed', async () => {
  const { spoke, endpoint } = await setup({ firstMessageMs: 20 });
  const silent = await spoke('silent').connect(endpoint.self);
  const closed = new Promise((resolve) => silent.onClose(({ code }) => resolve(code)));
  expect(await closed).toBe('timeout');
});

test('a closed endpoint takes no more sockets', async () => {
  const { spoke, endpoint } = await setup();
  await endpoint.close();
  await expect(spoke('late').connect(endpoint.self)).rejects.toMatchObject({ code: 'unreachable' });
});
