import {
  GridError,
  hex,
  type IceServer,
  type Link,
  type PeerId,
  peerIdSchema,
  type Transport,
} from '@manytabs/protocol';
import type { DataConnection, Peer } from 'peerjs';
import { backOffMs } from './back-off.ts';
import { dial, type Settle, unreachablePeer } from './dial.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import { PeerJsSession } from './peerjs-session.ts';

export interface PeerJsOptions {
  readonly self: PeerId;
  /** Of the signalling server. */
  readonly host: string;
  readonly port: number;
  /** PeerJS adds `/peerjs` to it. */
  readonly path: string;
  readonly key?: string | undefined;
  readonly secure?: boolean | undefined;
  readonly iceServers?: readonly IceServer[] | undefined;
  /** Connections go through TURN and by no other way. */
  readonly isRelayed?: boolean | undefined;
  /** Connections, all together: the 500th RTCPeerConnection of a page throws. */
  readonly linksMax?: number | undefined;
  readonly connectMs?: number | undefined;
  /**
   * Closes everything when the page goes, which the other ends then hear at once instead of after half a minute.
   * A `pagehide` listener that still wants to send must run first: register it with `capture: true`.
   */
  readonly closeOnPageHide?: boolean | undefined;
}

const LINKS_MAX_DEFAULT = 64;
/** PeerServer says nothing to a token that takes its own id over. */
const OPEN_MS = 10_000;
/** An id is free again soon after its last holder went; somebody else's is not. */
const TAKEN_ATTEMPTS_MAX = 6;

type PeerConstructor = typeof Peer;

interface Waiting {
  readonly resolve: (peer: Peer) => void;
  readonly reject: (reason: GridError) => void;
}

/**
 * WebRTC in a page. PeerJS signals and makes the connections, and nothing else. When signalling is lost a new Peer
 * takes the old one's place after a while; links go on meanwhile.
 */
export class PeerJsTransport implements Transport {
  readonly self: PeerId;
  readonly #options: PeerJsOptions;
  readonly #Peer: PeerConstructor;
  readonly #sessions = new Set<PeerJsSession>();
  readonly #dials = new Map<string, Set<() => void>>();
  readonly #listeners: ((link: Link) => void)[] = [];
  readonly #lostListeners: (() => void)[] = [];
  readonly #pageHidden = () => this.#closeNow();
  /** PeerJS reads it anew for each connection. */
  readonly #config: RTCConfiguration;
  #peer: Peer | undefined;
  #token = drawToken();
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #taken = 0;
  #isClosed = false;
  #wasOpen = false;
  #emptied = () => {};

  /** Loads PeerJS and begins to signal; does not wait for the server. */
  static async open(options: PeerJsOptions): Promise<PeerJsTransport> {
    const { Peer } = await import('peerjs');
    return new PeerJsTransport(options, Peer);
  }

  private constructor(options: PeerJsOptions, makePeer: PeerConstructor) {
    this.self = options.self;
    this.#options = options;
    this.#Peer = makePeer;
    this.#config = { iceServers: asBrowsersSay(options.iceServers ?? []) };
    if (options.isRelayed) this.#config.iceTransportPolicy = 'relay';
    if (options.closeOnPageHide ?? true) globalThis.addEventListener('pagehide', this.#pageHidden);
    this.#openPeer();
  }

  async connect(
    peer: PeerId,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Link> {
    if (this.#isClosed) throw new GridError('closed', 'The endpoint was closed.');
    const timeoutMs = this.#options.connectMs ?? TRANSPORT_LIMITS.CONNECT_MS;
    return await dial({ peer, signal, timeoutMs, begin: (settle) => this.#call(peer, settle) });
  }

  onLink(listener: (link: Link) => void): void {
    this.#listeners.push(listener);
  }

  /** For connections from now on, unless there are none. @returns whether there will be connections */
  useIceServers(servers: readonly IceServer[]): boolean {
    if (servers.length > 0) this.#config.iceServers = asBrowsersSay(servers);
    return !this.#isClosed;
  }

  /** The signalling server went away. Whatever else runs in its process is most likely gone with it. */
  onSignallingLost(listener: () => void): void {
    this.#lostListeners.push(listener);
  }

  /** Resolves once every connection is gone. */
  async close(): Promise<void> {
    this.#stopSignalling();
    for (const session of [...this.#sessions]) session.close();
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** For a page that goes away: there is no later. */
  #closeNow(): void {
    for (const session of [...this.#sessions]) {
      session.close();
      session.dispose(new GridError('closed', 'The page was left.'));
    }
    this.#stopSignalling();
  }

  #stopSignalling(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    globalThis.removeEventListener('pagehide', this.#pageHidden);
    this.#reject(new GridError('closed', 'The endpoint was closed.'));
    this.#peer?.disconnect();
  }

  #openPeer(): void {
    const { host, port, path, key = 'peerjs', secure = false } = this.#options;
    const peer = new this.#Peer(this.self, {
      host,
      port,
      path,
      key,
      secure,
      token: this.#token,
      config: this.#config,
      debug: 0,
    });
    this.#peer = peer;
    this.#timer = setTimeout(() => this.#giveUpOn(peer), OPEN_MS);
    peer.on('open', () => this.#opened(peer));
    peer.on('connection', (connection) => this.#accept(connection));
    peer.on('error', ({ type, message }) => this.#note(type, message));
    peer.on('disconnected', () => this.#lost(peer));
  }

  #giveUpOn(peer: Peer): void {
    this.#token = drawToken();
    peer.disconnect();
  }

  #opened(peer: Peer): void {
    clearTimeout(this.#timer);
    this.#failures = this.#taken = 0;
    this.#wasOpen = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(peer);
  }

  #note(type: string, message: string): void {
    if (type === 'unavailable-id') this.#taken++;
    if (type !== 'peer-unavailable') return;
    // PeerJS names the peer in its sentence and nowhere else.
    const absent = message.split(' ').at(-1) ?? '';
    for (const fail of [...(this.#dials.get(absent) ?? [])]) fail();
  }

  /** Never `reconnect()`: PeerServer answers it with silence, and an open Peer would never say so. */
  #lost(peer: Peer): void {
    if (this.#isClosed || this.#peer !== peer) return;
    this.#peer = undefined;
    clearTimeout(this.#timer);
    if (this.#wasOpen) for (const listener of this.#lostListeners) listener();
    this.#wasOpen = false;
    if (this.#taken === 0)
      this.#reject(new GridError('unreachable', 'No signalling server answers.'));
    if (this.#taken >= TAKEN_ATTEMPTS_MAX) {
      this.#reject(new GridError('identity-in-use', `Another endpoint is called ${this.self}.`));
    }
    this.#timer = setTimeout(() => this.#openPeer(), backOffMs(this.#failures++));
  }

  #reject(reason: GridError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  #openedPeer(): Promise<Peer> {
    if (this.#peer?.open) return Promise.resolve(this.#peer);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #call(peer: PeerId, settle: Settle): () => void {
    const absent = () => settle.fail(unreachablePeer(peer, 'it is not there.'));
    const dials = this.#dials.get(peer) ?? new Set();
    this.#dials.set(peer, dials.add(absent));
    let session: PeerJsSession | undefined;
    let isUndone = false;
    const over = (reason: GridError) => {
      dials.delete(absent);
      if (dials.size === 0) this.#dials.delete(peer);
      settle.fail(unreachablePeer(peer, reason.message));
    };
    this.#openedPeer().then((signalling) => {
      if (isUndone) return;
      const connection = signalling.connect(peer, { serialization: 'raw', reliable: true });
      session = this.#begin(connection, { opened: settle.done, over });
    }, settle.fail);
    return () => {
      isUndone = true;
      const reason = new GridError('aborted', 'The attempt was given up.');
      if (session) session.dispose(reason);
      else over(reason);
    };
  }

  #begin(
    connection: DataConnection,
    hooks: { opened: Settle['done']; over(reason: GridError): void },
  ): PeerJsSession {
    const session = new PeerJsSession({
      connection,
      opened: hooks.opened,
      over: (reason) => {
        this.#sessions.delete(session);
        hooks.over(reason);
        if (this.#sessions.size === 0) this.#emptied();
      },
    });
    this.#sessions.add(session);
    return session;
  }

  #accept(connection: DataConnection): void {
    const isFull = this.#sessions.size >= (this.#options.linksMax ?? LINKS_MAX_DEFAULT);
    const isOurs =
      connection.serialization === 'raw' && peerIdSchema.safeParse(connection.peer).success;
    if (this.#isClosed || isFull || !isOurs) {
      connection.close();
      return;
    }
    const session = this.#begin(connection, {
      opened: (link) => {
        clearTimeout(timer);
        for (const listener of this.#listeners) listener(link);
      },
      over: () => clearTimeout(timer),
    });
    const late = new GridError('timeout', 'The offer led to no connection.');
    const timer = setTimeout(() => session.dispose(late), TRANSPORT_LIMITS.CONNECT_MS);
  }
}

/** Without `randomUUID`: a page of a LAN address is no secure context. */
function drawToken(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

function asBrowsersSay(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}
