import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { COORDINATOR_PEER_ID, GridError, type Transport } from '@manytabs/protocol';
import { CachedBlobs } from '@manytabs/storage';
import { Signalling, WebSocketEndpoint } from '@manytabs/transport/node';
import Fastify, { type FastifyInstance } from 'fastify';
import { CoordinatorHost, type Grant } from 'manytabs/host';
import { lockDataDir } from './data-lock.ts';
import type { GridIdentity } from './grid-identity.ts';
import { createMetrics } from './metrics.ts';
import { findPages, servePages } from './pages.ts';
import { openLocalStores, openSharedStores, type Stores } from './stores.ts';
import { VERSION } from './version.ts';

export interface CoordinatorOptions {
  readonly host?: string | undefined;
  /** 0 takes a free one. */
  readonly port?: number | undefined;
  readonly dataDir: string;
  /** `postgres://…`: the grid is kept there instead, and `dataDir` holds only what is this server's own. */
  readonly database?: string | undefined;
  /** Gets one line for what an operator should know. */
  readonly log?: ((line: string) => void) | undefined;
  readonly grid?: string | undefined;
}

const BLOB_CACHE_BYTES = 128 * 1024 * 1024;

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
 * @throws {GridError} `address-in-use`, `data-in-use`, `storage-failed`, `storage-newer`, `database-unreachable`,
 * `database-refused`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await start(options, undo)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function start(
  options: CoordinatorOptions,
  undo: (() => unknown)[],
): Promise<Omit<RunningCoordinator, 'close'>> {
  const { host = '127.0.0.1', port = 4600, dataDir } = options;
  const log = options.log ?? (() => {});
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  undo.push(lockDataDir(dataDir));
  const stores = await openStores(options);
  undo.push(() => stores.close());
  const coordinator = await createHost(options, stores, log);
  undo.push(() => coordinator.close());
  await coordinator.recover();
  const app = await createApp(coordinator);
  undo.push(() => app.close());
  const signalling = new Signalling({});
  undo.push(() => signalling.close());
  const relay = new WebSocketEndpoint({ self: COORDINATOR_PEER_ID });
  routeUpgrades(app, { signalling, relay });
  const url = await listen(app, host, port);
  coordinator.listen(relay);
  const webrtc = await openWebRtc(signalling, log);
  if (webrtc) coordinator.listen(webrtc);
  signalling.onGone((peer) => coordinator.onPresenceLost(peer));
  // Submitters and volunteers are told first, then the pages end.
  undo.push(() => coordinator.close());
  const { token } = stores.identity;
  return { url, consoleUrl: `${url}/console/#token=${token}`, volunteerUrl: `${url}/`, token };
}

async function openStores({ dataDir, database }: CoordinatorOptions): Promise<Stores> {
  return database === undefined ? openLocalStores(dataDir) : openSharedStores(database, dataDir);
}

async function createHost(
  options: CoordinatorOptions,
  { identity, journal, blobs }: Stores,
  log: Log,
): Promise<CoordinatorHost> {
  const { grid = 'manytabs' } = options;
  return new CoordinatorHost({
    grid,
    version: VERSION,
    epoch: (await journal.epoch()) + 1,
    seed: randomBytes(4).readUInt32LE(),
    leaseKey: identity.leaseKey,
    blobs: new CachedBlobs(blobs, { bytesMax: BLOB_CACHE_BYTES }),
    journal,
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
    // A socket that is reset before anybody owns it must not end the process.
    socket.on('error', () => socket.destroy());
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
