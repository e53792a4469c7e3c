import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { COORDINATOR_PEER_ID, GridError, type Transport } from '@manytabs/protocol';
import { CachedBlobs } from '@manytabs/storage';
import {
  refuseUpgrade,
  remoteAddress,
  Signalling,
  WebSocketEndpoint,
} from '@manytabs/transport/node';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Access, CoordinatorHost } from 'manytabs/host';
import { lockDataDir } from './data-lock.ts';
import { serveHealth } from './health.ts';
import { type IceOptions, IceServers } from './ice/ice-servers.ts';
import { serveIce } from './ice/serve-ice.ts';
import { openInvitation } from './invitation.ts';
import { type Log, type Note, openLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { NetworkRates } from './network-rates.ts';
import { type GuardedOptions, guardOf, openAccess } from './open-access.ts';
import { findPages, servePages } from './pages.ts';
import { useRemoteBlobs } from './remote-blobs.ts';
import type { RequestGuard } from './request-guard.ts';
import { SandboxOrigin } from './sandbox-origin.ts';
import { joinGroup, type ServerGroup } from './server-group.ts';
import { SERVERS_PATH, ServerEndpoint } from './server-wire.ts';
import { serveStatistics } from './statistics.ts';
import { openLocalStores, openSharedStores, type SharedStores, type Stores } from './stores.ts';
import { VERSION } from './version.ts';

export interface CoordinatorOptions extends GuardedOptions, IceOptions {
  /** 0 takes a free one. */
  readonly port?: number | undefined;
  /** Of WebRTC; none takes a free one. */
  readonly udpPort?: number | undefined;
  readonly dataDir: string;
  /** `postgres://…`: the grid is kept there instead, and `dataDir` holds only what is this server's own. */
  readonly database?: string | undefined;
  /** `s3://BUCKET/PREFIX?endpoint=…&region=…`: large data is kept there instead. */
  readonly blobs?: string | undefined;
  /** Where other servers on the same database reach this one, if not where it listens. */
  readonly advertise?: string | undefined;
  /** Where people reach the grid, if not where it listens: of a proxy, say. */
  readonly publicUrl?: string | undefined;
  /** Gets one line for what an operator should know. */
  readonly log?: ((line: string) => void) | undefined;
  /** Where to log as JSON, one object a line: a file, or `-` for stderr. */
  readonly logTo?: string | undefined;
  readonly grid?: string | undefined;
  /** Of the jobs that ended the newest are kept: so many, and so many bytes of results; and what nothing needs for a while. */
  readonly keep?:
    | { readonly jobs: number; readonly bytes: number; readonly unusedMs?: number | undefined }
    | undefined;
  /** The sandbox page is served from this origin, and the pages from another. */
  readonly sandboxOrigin?: string | undefined;
  /** Donating takes a token too. */
  readonly isPrivate?: boolean | undefined;
}

const BLOB_CACHE_BYTES = 128 * 1024 * 1024;

export interface RunningCoordinator {
  readonly url: string;
  /** Carries the owner's token in its fragment, which no server sees. */
  readonly consoleUrl: string;
  readonly volunteerUrl: string;
  readonly token: string;
  /** Hands out nothing more, and waits for the results of what is out, for so long at most. */
  drain(msMax: number): Promise<void>;
  /** Resolves if another server takes over: this one has stopped. */
  readonly fenced: Promise<GridError>;
  close(): Promise<void>;
}

/**
 * Starts a grid: pages, signalling, both roads, and the coordinator machine over a data directory.
 * @throws {GridError} `address-in-use`, `data-in-use`, `storage-corrupt`, `storage-full`, `storage-failed`, `storage-newer`,
 * `database-unreachable`, `database-refused`, `blobs-unreachable`, `blobs-refused`, `ice-server-invalid`
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
  const ice = new IceServers(options, clock);
  const { note, close: closeLog } = startLog(options);
  undo.push(closeLog);
  undo.push(lockDataDir(dataDir));
  const stores = await openStores(options);
  undo.push(() => stores.close());
  const metrics = new Metrics();
  const access = await openAccess(stores, clock, undo);
  const group = 'journalOf' in stores ? await joinGroup(stores, dataDir) : undefined;
  let fence: (reason: GridError) => void = () => {};
  const fenced = new Promise<GridError>((resolve) => {
    fence = resolve;
  });
  const coordinator = await createHost(options, { stores, group, metrics, note, access, fence });
  const servers = group?.admit(coordinator, fence);
  if (servers) undo.push(() => servers.close());
  undo.push(() => coordinator.close());
  await recover(coordinator, note);
  metrics.watch(coordinator);
  const guard = guardOf(options, access, () => servers?.urls() ?? []);
  const { sandboxOrigin } = options;
  const sandbox = sandboxOrigin === undefined ? undefined : new SandboxOrigin(sandboxOrigin);
  const web = { guard, origins: originsOf(options), sandbox };
  const app = await createApp(coordinator, { metrics, access, ...web });
  const isPrivate = options.isPrivate === true;
  serveIce(app, { servers: ice, tokens: access.tokens, isPrivate });
  undo.push(() => app.close());
  const signalling = new Signalling({
    forward: (signal) => servers?.signals.forward(signal) === true,
  });
  servers?.signals.attach(signalling);
  undo.push(() => signalling.close());
  const relay = new WebSocketEndpoint({ self: COORDINATOR_PEER_ID });
  const { token } = stores.identity;
  const endpoint = servers && new ServerEndpoint(token, (wire) => servers.accept(wire));
  if (endpoint) undo.push(() => endpoint.close());
  routeUpgrades(app, guard, { signalling, relay, servers: endpoint });
  const url = await listen(app, host, port);
  if (sandbox) undo.push(await openSandbox(sandbox, host, url));
  servers?.serve(addressesOf(options, url));
  coordinator.listen(relay);
  const webrtc = await openWebRtc(signalling, options, ice, note);
  if (webrtc) coordinator.listen(webrtc);
  signalling.onGone((peer) => coordinator.onPresenceLost(peer));
  // Submitters and volunteers are told first, then the pages end.
  undo.push(() => coordinator.close());
  note('info', 'the grid is up', { url });
  const invitation = options.isPrivate ? `#token=${await openInvitation(dataDir, access)}` : '';
  const drain = (msMax: number) => coordinator.drain(msMax);
  return {
    url,
    consoleUrl: `${url}/console/#token=${token}`,
    volunteerUrl: `${url}/${invitation}`,
    token,
    drain,
    fenced,
  };
}

/** Where the grid is said to be reached. */
function originsOf({ publicUrl, allowOrigins = [] }: CoordinatorOptions): readonly string[] {
  return publicUrl === undefined ? allowOrigins : [new URL(publicUrl).origin, ...allowOrigins];
}

/** Whoever listens everywhere has to be told under which address others see it. */
function addressesOf({ host, advertise, publicUrl }: CoordinatorOptions, url: string) {
  const seen = host === '0.0.0.0' || host === '::' ? '' : url;
  return { address: advertise ?? url, url: publicUrl ?? advertise ?? seen };
}

/** To the operator's screen what matters there, to the log everything. */
function startLog({ log: say, logTo }: CoordinatorOptions): Log {
  const log = logTo === undefined ? undefined : openLog(logTo);
  return {
    note(level, text, details) {
      if (level !== 'info' || !log) say?.(`${level}: ${text}`);
      log?.note(level, text, details);
    },
    close: () => log?.close(),
  };
}

async function recover(coordinator: CoordinatorHost, note: Note): Promise<void> {
  const began = performance.now();
  await (coordinator.servers ? coordinator.servers.start() : coordinator.recover());
  const { jobs } = coordinator.status();
  if (jobs === 0) return;
  const ms = Math.round(performance.now() - began);
  note('info', `${jobs} jobs go on where they were`, { jobs, ms });
}

interface Parts {
  readonly stores: Stores;
  readonly group: ServerGroup | undefined;
  readonly metrics: Metrics;
  readonly note: Note;
  readonly access: Access;
  readonly fence: (reason: GridError) => void;
}

async function openStores(options: CoordinatorOptions): Promise<Stores | SharedStores> {
  const { dataDir, database, blobs } = options;
  if (database !== undefined) return openSharedStores(database, dataDir, blobs);
  await useRemoteBlobs(dataDir, blobs);
  return openLocalStores(dataDir);
}

async function createHost(
  { grid = 'manytabs', isPrivate, keep }: CoordinatorOptions,
  { stores, group, metrics, note, access, fence }: Parts,
): Promise<CoordinatorHost> {
  const { identity } = stores;
  return new CoordinatorHost({
    grid,
    version: VERSION,
    epoch: group?.epoch ?? (await stores.journal.epoch()) + 1,
    seed: randomBytes(4).readUInt32LE(),
    leaseKey: identity.leaseKey,
    gridKey: identity.gridKey,
    blobs: new CachedBlobs(stores.blobs, { bytesMax: BLOB_CACHE_BYTES }),
    unusedMs: keep?.unusedMs,
    journal: group?.journal ?? stores.journal,
    standings: group?.standings,
    keyValue: stores.keyValue,
    clock,
    authorise: (token) => access.tokens.check(token),
    access,
    isPrivate,
    observer: metrics.observer,
    limits: keep && { endedJobsMax: keep.jobs, endedBytesMax: keep.bytes },
    onFenced: () => fence(new GridError('epoch-stale', 'Another server goes on with the jobs.')),
    note,
  });
}

/** Of the day the process began, and steady from then on, whatever somebody does to the system's clock. */
function clock(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/** What decides how the pages are served, and to whom. */
interface Web {
  readonly guard: RequestGuard;
  readonly origins: readonly string[];
  readonly sandbox: SandboxOrigin | undefined;
}

/** @throws {GridError} `address-in-use`, `usage` */
async function openSandbox(sandbox: SandboxOrigin, host: string, url: string) {
  const { port, host: own } = new URL(url);
  if (sandbox.isAsked(own)) {
    throw new GridError('usage', 'The origin of the sandbox must be another than the grid has.');
  }
  return sandbox.listen(host, port);
}

async function createApp(
  coordinator: CoordinatorHost,
  parts: Pick<Parts, 'metrics' | 'access'> & Web,
): Promise<FastifyInstance> {
  const { metrics, access, guard, origins, sandbox } = parts;
  const app = Fastify({ logger: false, bodyLimit: 1024, forceCloseConnections: true });
  guardRequests(app, guard, sandbox);
  const { registry } = metrics;
  app.get('/api/status', () => ({
    ...coordinator.status(),
    ...(sandbox && { sandbox: sandbox.pattern }),
  }));
  serveStatistics(app, coordinator);
  serveHealth(app, coordinator);
  app.get('/metrics', async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
  await servePages(app, { root: findPages(), access, origins, sandbox });
  return app;
}

function guardRequests(app: FastifyInstance, guard: RequestGuard, sandbox: Web['sandbox']): void {
  const requests = new NetworkRates(REQUEST_RATE, clock);
  app.addHook('onRequest', async (request, reply) => {
    if (!requests.take(remoteAddress(request.raw))) {
      const error = { code: 'rate-limited', message: 'Your network asks too fast.' };
      return reply.code(429).header('Retry-After', '1').send({ error });
    }
    if (sandbox?.isAsked(request.headers.host)) {
      reply.hijack();
      return sandbox.answer(request.raw, reply.raw);
    }
    const refusal = guard.refusal(request.raw);
    if (!refusal) return;
    const { status, message } = refusal;
    return reply.code(status).send({ error: { code: 'origin-refused', message } });
  });
}

/** A school that comes back after a restart is let in within seconds. */
const LINK_RATE = { burst: 2_000, perSecond: 100 };
const REQUEST_RATE = { burst: 10_000, perSecond: 1_000 };
const REFUSED = { 403: '403 Forbidden', 421: '421 Misdirected Request' } as const;

function routeUpgrades(
  app: FastifyInstance,
  guard: RequestGuard,
  roads: { signalling: Signalling; relay: WebSocketEndpoint; servers: ServerEndpoint | undefined },
): void {
  const links = new NetworkRates(LINK_RATE, clock);
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A socket that is reset before anybody owns it must not end the process.
    socket.on('error', () => socket.destroy());
    if (!links.take(remoteAddress(request))) return refuseUpgrade(socket, '429 Too Many Requests');
    const path = (request.url ?? '').split('?')[0] ?? '';
    // Other servers prove themselves, under whatever name they know this one.
    if (path === SERVERS_PATH && roads.servers) return roads.servers.upgrade(request, socket, head);
    const refusal = guard.refusalOfUpgrade(request);
    if (refusal) return refuseUpgrade(socket, REFUSED[refusal.status]);
    if (path === '/relay') return roads.relay.upgrade(request, socket, head);
    if (path.startsWith('/peerjs')) return roads.signalling.upgrade(request, socket, head);
    refuseUpgrade(socket, '404 Not Found');
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
async function openWebRtc(
  signalling: Signalling,
  { udpPort }: CoordinatorOptions,
  ice: IceServers,
  note: Note,
): Promise<Transport | undefined> {
  try {
    const { NodeWebRtcTransport } = await import('@manytabs/transport/node-webrtc');
    const channel = signalling.attach(COORDINATOR_PEER_ID);
    return await NodeWebRtcTransport.open({ signalling: channel, udpPort, iceServers: ice.stun });
  } catch (cause) {
    note('warn', `no WebRTC here, volunteers use the WebSocket road: ${String(cause)}`);
    return undefined;
  }
}
