import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { test as base, expect, valuesOf } from './fixtures.ts';
import { SQUARE_JS, squares } from './tasks.ts';

// Over a real coturn, where there is one on this machine (Debian: coturn).

const SECRET = 'secret-of-the-tests';
const isThere = spawnSync('turnserver', ['--version']).error === undefined;

/** Of STUN: whoever speaks it answers. */
const BINDING_REQUEST = Buffer.from(`000100002112a442${'ab'.repeat(12)}`, 'hex');

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}

async function startTurn(address: string, port: number): Promise<ChildProcess> {
  const args = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file', 'stdout'];
  const places = ['--listening-ip', address, '--relay-ip', address, '--allow-loopback-peers'];
  const secret = ['--use-auth-secret', '--static-auth-secret', SECRET, '--realm', 'grid'];
  const child = spawn('turnserver', [
    ...[...args, ...places, ...secret, '--listening-port', `${port}`],
    ...['--pidfile', '/dev/null'],
  ]);
  const socket = createSocket('udp4');
  const ask = setInterval(() => socket.send(BINDING_REQUEST, port, address), 50);
  await once(socket, 'message');
  clearInterval(ask);
  socket.close();
  return child;
}

const test = base.extend<{ turn: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  turn: async ({}, use) => {
    const [address, port] = [ownAddress(), await freePort()];
    const child = await startTurn(address, port);
    await use(`turn:${address}:${port}`);
    child.kill();
  },
  upArgs: async ({ turn }, use) => use(['--ice-server', turn, '--turn-secret', SECRET]),
});

test.skip(!isThere, 'no turnserver on this machine');

test('[TR31] [TR32] a tab that can only go through TURN computes over it, and doctor finds it well', async ({
  grid,
  openTab,
  turn,
}) => {
  const { page } = await openTab({ road: 'turn' });
  await expect(page.locator('html')).toHaveAttribute('data-road', 'webrtc');
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run('run', file, '--inputs', 'range:0..50', '--json');
  expect(valuesOf(rows, 50)).toEqual(squares(50));
  const doctor = await grid.run('doctor', '--json');
  const finding = doctor.rows.find(({ check }) => check === `ice ${turn}`);
  expect(finding).toMatchObject({ ok: true, detail: expect.stringContaining('relays') });
});
