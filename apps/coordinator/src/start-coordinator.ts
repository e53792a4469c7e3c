import { timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { COORDINATOR_PEER_ID, GridError, type Transport } from '@manytabs/protocol';
import { FileBlobs } from '@manytabs/storage/node';
import { Signalling, WebSocketEndpoint } from '@manytabs/transport/node';
import Fastify, { type FastifyInstance } from 'fastify';
import { CoordinatorHost, type Grant } from 'manytabs/host';
import { FileRowStore } from './file-row-store.ts';
import { type GridIdentity, openGridIdentity } from './grid-identity.ts';
import { createMetrics } from './metrics.ts';
import { findPages, servePages } from './pages.ts';
import { VERSION } from './version.ts';

export interface CoordinatorOptions {
  readonly host?: string | undefined;
  /** 0 takes a free one. */
  readonly port?: number | undefined;
  readonly dataDir: string;
  /** Gets one line for what an operator should know. */
  readonly log?: ((line: string) => void) | undefined;
  readonly grid?: string | undefined;
}

type Log = (line: string) => void;

export interface RunningCoordinator {
  readonly url: string;
  /** Carries the owner's token in its fragment, which no server sees. */
  readonly consoleUrl: string;
  readonly volunteerUrl: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Starts a grid: pages, signalling, both roads, and the coordinator machine over a data directory.
 * @throws {GridError} `address-in-use`, `storage-failed`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const { host = '127.0.0.1', port = 4600, dataDir } = options;
  const log = options.log ?? (() => {});
  const identity = openGridIdentity(dataDir);
  const coordinator = createHost(options, identity, log);
  const app = await createApp(coordinator);
  const signalling = new Signalling({});
  const relay = new WebSocketEndpoint({ self: COORDINATOR_PEER_ID });
  routeUpgrades(app, { signalling, relay });
  const url = await listen(app, host, port);
  coordinator.listen(relay);
  const webrtc = await openWebRtc(signalling, log);
  if (webrtc) coordinator.listen(webrtc);
  signalling.onGone((peer) => coordinator.onPresenceLost(peer));
  return {
    url,
    consoleUrl: `${url}/console/#token=${identity.token}`,
    volunteerUrl: `${url}/`,
    token: identity.token,
    close: async () => {
      await coordinator.close();
      signalling.close();
      await app.close();
    },
  };
}

function createHost(
  options: CoordinatorOptions,
  identity: GridIdentity,
  log: Log,
): CoordinatorHost {
  const { dataDir, grid = 'manytabs' } = options;
  const blobsDir = join(dataDir, 'blobs');
  mkdirSync(blobsDir, { recursive: true });
  return new CoordinatorHost({
    grid,
    version: VERSION,
    epoch: identity.epoch,
    seed: identity.seed,
    blobs: new FileBlobs(blobsDir),
    rows: new FileRowStore(join(dataDir, 'rows')),
    clock: Date.now,
    authorise: (token) => authorise(token, identity),
    note: (level, text) => log(`${level}: ${text}`),
  });
}

function authorise(token: string, { token: owner }: GridIdentity): Grant | undefined {
  const given = Buffer.from(token);
  const expected = Buffer.from(owner);
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  return same ? { scope: 'admin', owner: 'owner' } : undefined;
}

async function createApp(coordinator: CoordinatorHost): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: 1024, forceCloseConnections: true });
  const metrics = createMetrics(coordinator);
  app.get('/api/status', () => coordinator.status());
  app.get('/health', () => ({ ok: true }));
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.metrics();
  });
  const pages = findPages();
  if (pages) await servePages(app, pages);
  return app;
}

function routeUpgrades(
  app: FastifyInstance,
  roads: { signalling: Signalling; relay: WebSocketEndpoint },
): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === '/relay') return roads.relay.upgrade(request, socket, head);
    if (path.startsWith('/peerjs')) return roads.signalling.upgrade(request, socket, head);
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new GridError('address-in-use', `Port ${port} on ${host} is taken.`, { cause });
  }
  const { port: bound } = app.server.address() as AddressInfo;
  return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${bound}`;
}

/** WebRTC is the better road, not the only one: a machine without it serves over WebSocket. */
async function openWebRtc(signalling: Signalling, log: Log): Promise<Transport | undefined> {
  try {
    const { NodeWebRtcTransport } = await import('@manytabs/transport/node-webrtc');
    return await NodeWebRtcTransport.open({ signalling: signalling.attach(COORDINATOR_PEER_ID) });
  } catch (cause) {
    log(`warn: no WebRTC here, volunteers use the WebSocket road: ${String(cause)}`);
    return undefined;
  }
}
