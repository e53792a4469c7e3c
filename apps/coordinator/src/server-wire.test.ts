import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Wire } from 'manytabs/host';
import { expect, onTestFinished, test } from 'vitest';
import { ServerEndpoint, serverDial } from './server-wire.ts';

const TOKEN = 'token of the grid';

async function listen(accept: (wire: Wire) => void): Promise<string> {
  const endpoint = new ServerEndpoint(TOKEN, accept);
  const server = createServer();
  server.on('upgrade', (request, socket, head) => endpoint.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    endpoint.close();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('[SV40] what a server says as soon as it is called is heard, whenever the caller begins to listen', async () => {
  const sent = [1, 2, 3].map((n) => Uint8Array.of(n));
  const address = await listen((wire) => {
    for (const message of sent) wire.send(message);
  });
  for (let round = 0; round < 20; round++) {
    const wire = await serverDial(TOKEN)(address);
    const heard: Uint8Array[] = [];
    wire.onMessage((message) => void heard.push(message.slice()));
    await expect.poll(() => heard.length).toBe(sent.length);
    expect(heard).toEqual(sent);
    wire.close();
  }
});

test('[SV42] who does not know the secret of the grid makes no connection', async () => {
  const address = await listen(() => {});
  await expect(serverDial('another')(address)).rejects.toMatchObject({ code: 'unreachable' });
});
