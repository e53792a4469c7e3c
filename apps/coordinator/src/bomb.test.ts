import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';

let folder: string;
let running: RunningCoordinator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manytabs-bomb-'));
  running = await startCoordinator({ port: 0, dataDir: folder });
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const BYTES = 2 ** 24;
/** The flush that permessage-deflate leaves out (RFC 7692, 7.2.1). */
const bomb = deflateRawSync(new Uint8Array(BYTES), { finishFlush: 2 }).subarray(0, -4);

/** A socket that has asked for compression; the answer's head, and what comes after it. */
async function upgrade(port: number, path: string) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  expect(head.toString('latin1')).toContain(accept.digest('base64'));
  return { socket, isDeflating: /permessage-deflate/i.test(head.toString('latin1')) };
}

/** One binary message, said to be compressed. */
function sendCompressed(socket: Socket, payload: Buffer): void {
  const head = Buffer.alloc(14);
  head[0] = 0x80 | 0x40 | 0x02;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  // A mask of zeros.
  socket.write(Buffer.concat([head, payload]));
}

test('[AC24] a socket that sends a bomb is closed before a byte of it is inflated', async () => {
  const { socket, isDeflating } = await upgrade(Number(new URL(running.url).port), '/relay');
  expect(isDeflating).toBe(false);
  const heard: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => heard.push(bytes));
  const closed = once(socket, 'close');
  sendCompressed(socket, bomb);
  await closed;
  // The last word is a close frame with 1002, a broken protocol: not 1009, which would be said after inflating.
  expect(Buffer.concat(heard).subarray(-4).toString('hex')).toBe('880203ea');
  expect((await fetch(`${running.url}/health`)).status).toBe(200);
});

test('[AC24] the control: a server with compression makes a thousand times as much of the same bytes', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  await once(server, 'listening');
  const message = new Promise<number>((resolve) => {
    server.on('connection', (peer) => peer.on('message', (data: Buffer) => resolve(data.length)));
  });
  const { socket, isDeflating } = await upgrade((server.address() as { port: number }).port, '/');
  expect(isDeflating).toBe(true);
  sendCompressed(socket, bomb);
  expect(await message).toBe(BYTES);
  expect(bomb.length * 1_000).toBeLessThan(BYTES);
  socket.destroy();
  server.close();
});

test('[AC24] a request with a compressed body is answered as one without', async () => {
  const response = await fetch(`${running.url}/api/status`, {
    method: 'POST',
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
    body: new Uint8Array(gzipSync(new Uint8Array(BYTES))),
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
});
