import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { type ErrorCode, GridError, type PeerId, peerIdSchema } from '@manytabs/protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { WS_OPTIONS } from './node-socket.ts';
import {
  type ForwardedSignal,
  parseJson,
  type RelayedSignal,
  type ServerSignal,
  type SignalChannel,
  toServerSchema,
} from './signals.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';
import { AddressCount, queryOf, refuseUpgrade, remoteAddress } from './upgrade.ts';

export interface SignallingOptions {
  /** PeerJS's `key`. */
  readonly key?: string | undefined;
  readonly socketsMax?: number | undefined;
  readonly socketsPerAddressMax?: number | undefined;
  /** All messages of one socket, heartbeats too. */
  readonly messageRate?: Rate | undefined;
  /** Offers of one socket: each costs its receiver an RTCPeerConnection. */
  readonly offerRate?: Rate | undefined;
  /** How often a silent socket is asked whether it lives; one that missed two is closed. */
  readonly pingMs?: number | undefined;
  /** May this peer offer a connection to that one? Where it may not, that one seems absent. */
  readonly mayOffer?: ((from: PeerId, to: PeerId) => boolean) | undefined;
  /** Passes a signal on to the server that its receiver is at. False where nobody knows that one. */
  readonly forward?: ((signal: ForwardedSignal) => boolean) | undefined;
  readonly addressOf?: ((request: IncomingMessage) => string) | undefined;
}

const DEFAULTS = {
  key: 'peerjs',
  socketsMax: 20_000,
  socketsPerAddressMax: 512,
  messageRate: { burst: 400, perSecond: 40 },
  offerRate: { burst: 40, perSecond: 4 },
  pingMs: 10_000,
};
const TOKEN_CHARS_MAX = 100;
/** A receiver that takes nothing is dropped here. */
const SENDING_BYTES_MAX = 1024 * 1024;
/** How long the holder of a contested id has to show that it lives. */
const CONTEST_MS = 2_000;
const POLICY_VIOLATION = 1008;

interface Client {
  readonly id: PeerId;
  send(message: string): void;
}

interface SocketClient extends Client {
  readonly socket: WebSocket;
  readonly token: string;
  readonly messages: TokenBucket;
  readonly offers: TokenBucket;
  isAlive: boolean;
}

/**
 * A signalling server in PeerServer's protocol, for PeerJS and for our Node endpoints. It keeps no message for an
 * absent peer: the sender hears `EXPIRE` at once. An id belongs to its first socket; the same token takes it over.
 */
export class Signalling {
  readonly #options: SignallingOptions;
  readonly #server: WebSocketServer;
  readonly #clients = new Map<PeerId, SocketClient>();
  readonly #local = new Map<PeerId, LocalClient>();
  readonly #addresses = new AddressCount();
  readonly #cameListeners: ((peer: PeerId) => void)[] = [];
  readonly #goneListeners: ((peer: PeerId) => void)[] = [];
  readonly #pinger: NodeJS.Timeout;
  #sockets = 0;
  #isClosed = false;

  constructor(options: SignallingOptions = {}) {
    this.#options = options;
    this.#server = new WebSocketServer({ ...WS_OPTIONS, noServer: true, clientTracking: false });
    this.#pinger = setInterval(() => this.#ping(), options.pingMs ?? DEFAULTS.pingMs);
    this.#pinger.unref();
  }

  /** Sockets with an id. */
  get size(): number {
    return this.#clients.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const caller = this.#readCaller(queryOf(request));
    const address = (this.#options.addressOf ?? remoteAddress)(request);
    if (!caller) refuseUpgrade(socket, '400 Bad Request');
    else if (!this.#hasRoom(address)) refuseUpgrade(socket, '503 Service Unavailable');
    else {
      this.#count(address, 1);
      socket.once('close', () => this.#count(address, -1));
      this.#server.handleUpgrade(request, socket, head, (opened) => this.#accept(opened, caller));
    }
  }

  /** An endpoint in this process. Nobody else can have its id. */
  attach(self: PeerId): SignalChannel {
    const client = new LocalClient(self, {
      send: (signal) => this.#relay(client, signal),
      close: () => this.#local.delete(self),
    });
    this.#local.set(self, client);
    this.#clients.get(self)?.socket.close(POLICY_VIOLATION);
    return client;
  }

  has(peer: PeerId): boolean {
    return this.#clients.has(peer) || this.#local.has(peer);
  }

  /** Whose sockets are here. Endpoints of this process are not among them: other servers have their own. */
  peers(): PeerId[] {
    return [...this.#clients.keys()];
  }

  /** From another server, for a client of this one. False where that one is not here. */
  deliver(signal: ForwardedSignal): boolean {
    const to = this.#clients.get(signal.dst);
    if (!to || !this.#isAllowed(signal)) return false;
    to.send(JSON.stringify(signal));
    return true;
  }

  onCame(listener: (peer: PeerId) => void): void {
    this.#cameListeners.push(listener);
  }

  /** A peer's socket closed. Of all signs that a tab is gone this is the first. */
  onGone(listener: (peer: PeerId) => void): void {
    this.#goneListeners.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#pinger);
    for (const { socket } of this.#clients.values()) socket.close();
    this.#server.close();
  }

  #readCaller(query: URLSearchParams | undefined): { id: PeerId; token: string } | undefined {
    const id = peerIdSchema.safeParse(query?.get('id'));
    const token = query?.get('token') ?? '';
    if (query?.get('key') !== (this.#options.key ?? DEFAULTS.key)) return undefined;
    if (!id.success || token === '' || token.length > TOKEN_CHARS_MAX) return undefined;
    return { id: id.data, token };
  }

  #hasRoom(address: string): boolean {
    const { socketsMax, socketsPerAddressMax } = this.#options;
    if (this.#isClosed || this.#sockets >= (socketsMax ?? DEFAULTS.socketsMax)) return false;
    return this.#addresses.of(address) < (socketsPerAddressMax ?? DEFAULTS.socketsPerAddressMax);
  }

  #count(address: string, change: 1 | -1): void {
    this.#sockets += change;
    this.#addresses.add(address, change);
  }

  #accept(socket: WebSocket, { id, token }: { id: PeerId; token: string }): void {
    // Without a listener a broken frame would end the process; the close that follows says all.
    socket.on('error', () => {});
    const holder = this.#clients.get(id);
    const isHeld = holder?.socket.readyState === socket.OPEN && holder.token !== token;
    if (isHeld || this.#local.has(id)) {
      if (holder) contest(holder);
      socket.send('{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}');
      socket.close();
      return;
    }
    if (holder && holder.token !== token) this.#remove(holder);
    this.#register(this.#makeClient(socket, id, token));
    holder?.socket.close();
  }

  #makeClient(socket: WebSocket, id: PeerId, token: string): SocketClient {
    const now = performance.now();
    return {
      id,
      token,
      socket,
      messages: new TokenBucket(this.#options.messageRate ?? DEFAULTS.messageRate, now),
      offers: new TokenBucket(this.#options.offerRate ?? DEFAULTS.offerRate, now),
      isAlive: true,
      send: (message) => {
        if (socket.bufferedAmount > SENDING_BYTES_MAX) socket.terminate();
        else socket.send(message);
      },
    };
  }

  #register(client: SocketClient): void {
    const { id, socket } = client;
    this.#clients.set(id, client);
    socket.on('message', (data, isBinary) => this.#take(client, data, isBinary));
    socket.on('pong', () => {
      client.isAlive = true;
    });
    socket.on('close', () => this.#remove(client));
    for (const listener of this.#cameListeners) listener(id);
    client.send('{"type":"OPEN"}');
  }

  #remove(client: SocketClient): void {
    if (this.#clients.get(client.id) !== client) return;
    this.#clients.delete(client.id);
    for (const listener of this.#goneListeners) listener(client.id);
  }

  #take(client: SocketClient, data: RawData, isBinary: boolean): void {
    client.isAlive = true;
    const now = performance.now();
    const message = toServerSchema.safeParse(isBinary ? undefined : parseJson(String(data)));
    if (!message.success) refuse(client, 'frame-malformed');
    else if (!isWithinRate(client, message.data.type, now)) refuse(client, 'rate-limited');
    else if (message.data.type !== 'HEARTBEAT') this.#relay(client, message.data);
  }

  #relay(from: Client, signal: RelayedSignal): void {
    const sent = { ...signal, src: from.id };
    if (this.#isAllowed(sent) && this.#pass(from, sent)) return;
    if (signal.type === 'OFFER' || signal.type === 'ANSWER') {
      from.send(JSON.stringify({ type: 'EXPIRE', src: signal.dst, dst: from.id }));
    }
  }

  #isAllowed({ type, src, dst }: ForwardedSignal): boolean {
    return type !== 'OFFER' || (this.#options.mayOffer?.(src, dst) ?? true);
  }

  #pass(from: Client, signal: ForwardedSignal): boolean {
    const to = this.#clients.get(signal.dst) ?? this.#local.get(signal.dst);
    to?.send(JSON.stringify(signal));
    if (to) return true;
    // An endpoint of this process is under the same id on every server, so nobody elsewhere could answer it.
    return this.#clients.has(from.id) && this.#options.forward?.(signal) === true;
  }

  #ping(): void {
    for (const client of this.#clients.values()) {
      if (!client.isAlive) client.socket.terminate();
      client.isAlive = false;
      client.socket.ping();
    }
  }
}

function isWithinRate(client: SocketClient, type: string, nowMs: number): boolean {
  return client.messages.take(nowMs) && (type !== 'OFFER' || client.offers.take(nowMs));
}

function refuse(client: SocketClient, code: ErrorCode): void {
  client.socket.close(POLICY_VIOLATION, code);
}

/** Somebody else wants this id: a holder that no longer answers loses it. */
function contest(holder: SocketClient): void {
  const timer = setTimeout(() => holder.socket.terminate(), CONTEST_MS);
  timer.unref();
  holder.socket.once('pong', () => clearTimeout(timer));
  holder.socket.ping();
}

/** Passes signals as messages do, in a later turn, so that nobody is called from within its own call. */
class LocalClient implements Client, SignalChannel {
  readonly id: PeerId;
  readonly self: PeerId;
  readonly #ways: { send(signal: RelayedSignal): void; close(): void };
  readonly #listeners: ((signal: ServerSignal) => void)[] = [];
  #isClosed = false;

  constructor(self: PeerId, ways: { send(signal: RelayedSignal): void; close(): void }) {
    this.id = self;
    this.self = self;
    this.#ways = ways;
  }

  opened(): Promise<void> {
    if (!this.#isClosed) return Promise.resolve();
    return Promise.reject(new GridError('closed', 'The signalling channel was closed.'));
  }

  /** As a SignalChannel it takes signals to send, as a Client the text of one that came for it. */
  send(message: RelayedSignal | string): void {
    if (typeof message === 'string') this.#deliver(message);
    else if (!this.#isClosed) queueMicrotask(() => this.#ways.send(message));
  }

  onSignal(listener: (signal: ServerSignal) => void): void {
    this.#listeners.push(listener);
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.#ways.close();
    this.#isClosed = true;
    return Promise.resolve();
  }

  #deliver(text: string): void {
    // Relayed signals were checked on their way in, and EXPIRE is our own.
    const signal = JSON.parse(text) as ServerSignal;
    for (const listener of this.#listeners) listener(signal);
  }
}
