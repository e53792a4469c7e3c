import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { GridError, type Link, type PeerId, type Transport } from '@manytabs/protocol';
import type { RtcConfig } from 'node-datachannel';
import { dial, type Settle, unreachablePeer } from './dial.ts';
import type { LaneLink } from './lanes.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import { NodeSession } from './node-session.ts';
import type { OfferPayload, ServerSignal, SignalChannel } from './signals.ts';

export interface NodeWebRtcOptions {
  /** `Signalling.attach(id)` in the server's own process, else a SignallingClient. Closed with the transport. */
  readonly signalling: SignalChannel;
  /** One UDP port for all connections that others begin; 0 or none takes a free one. */
  readonly udpPort?: number | undefined;
  /** The address to bind; none takes all. */
  readonly bindAddress?: string | undefined;
  /** `stun:host:port`, `turn:user:password@host:port`. */
  readonly iceServers?: readonly string[] | undefined;
  /** Connections, all together. */
  readonly linksMax?: number | undefined;
  /** Connections that others began and that are not open yet. */
  readonly pendingMax?: number | undefined;
  readonly connectMs?: number | undefined;
}

const DEFAULTS = { linksMax: 2_500, pendingMax: 512 };

/** A WebRTC endpoint in Node. PeerJS tabs reach it, and other Node endpoints. */
export class NodeWebRtcTransport implements Transport {
  readonly self: PeerId;
  readonly #options: NodeWebRtcOptions;
  /** For calls: a port each, because a shared port tells connections apart by the address they come from. */
  readonly #callConfig: RtcConfig;
  /** For answers: thousands on one port. */
  readonly #answerConfig: RtcConfig;
  readonly #sessions = new Map<string, NodeSession>();
  readonly #dials = new Map<PeerId, Set<() => void>>();
  readonly #listeners: ((link: Link) => void)[] = [];
  #pending = 0;
  #isClosed = false;
  #emptied = () => {};

  /** Resolves once others can call. @throws {GridError} what `signalling.opened()` throws. */
  static async open(options: NodeWebRtcOptions): Promise<NodeWebRtcTransport> {
    const udpPort = options.udpPort || (await freeUdpPort(options.bindAddress));
    const transport = new NodeWebRtcTransport(options, udpPort);
    await options.signalling.opened();
    return transport;
  }

  private constructor(options: NodeWebRtcOptions, udpPort: number) {
    this.#options = options;
    this.self = options.signalling.self;
    this.#callConfig = {
      iceServers: [...(options.iceServers ?? [])],
      disableAutoNegotiation: true,
      ...(options.bindAddress ? { bindAddress: options.bindAddress } : {}),
    };
    this.#answerConfig = {
      ...this.#callConfig,
      enableIceUdpMux: true,
      portRangeBegin: udpPort,
      portRangeEnd: udpPort,
    };
    options.signalling.onSignal((signal) => this.#take(signal));
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

  /** Resolves once every native connection is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of [...this.#sessions.values()]) session.close();
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    await this.#options.signalling.close();
  }

  #call(peer: PeerId, settle: Settle): () => void {
    const absent = () => settle.fail(unreachablePeer(peer, 'it is not there.'));
    const dials = this.#dials.get(peer) ?? new Set();
    this.#dials.set(peer, dials.add(absent));
    const session = this.#begin({
      peer,
      connectionId: `dc_${randomUUID()}`,
      config: this.#callConfig,
      opened: (link) => settle.done(link),
      over: (reason) => {
        dials.delete(absent);
        if (dials.size === 0) this.#dials.delete(peer);
        settle.fail(unreachablePeer(peer, reason.message));
      },
    });
    this.#options.signalling.opened().then(() => session.call(), settle.fail);
    return () => session.dispose(new GridError('aborted', 'The attempt was given up.'));
  }

  #begin({ peer, connectionId, config, opened, over }: Beginning): NodeSession {
    const key = `${peer} ${connectionId}`;
    const session = new NodeSession({
      peer,
      connectionId,
      config,
      send: (signal) => this.#options.signalling.send(signal),
      opened,
      disposed: (reason) => {
        this.#sessions.delete(key);
        over(reason);
        if (this.#sessions.size === 0) this.#emptied();
      },
    });
    this.#sessions.set(key, session);
    return session;
  }

  #take(signal: ServerSignal): void {
    switch (signal.type) {
      case 'OFFER':
        this.#answer(signal.src, signal.payload);
        break;
      case 'ANSWER':
        this.#session(signal.src, signal.payload)?.takeAnswer(signal.payload.sdp.sdp);
        break;
      case 'CANDIDATE':
        this.#session(signal.src, signal.payload)?.takeCandidate(signal.payload);
        break;
      case 'EXPIRE':
        for (const absent of [...(this.#dials.get(signal.src) ?? [])]) absent();
        break;
      default:
      // The channel keeps itself open, and a link does not need it once it stands.
    }
  }

  #session(peer: PeerId, { connectionId }: { connectionId: string }): NodeSession | undefined {
    return this.#sessions.get(`${peer} ${connectionId}`);
  }

  /** An offer over the limits is not answered: the caller tries again later. */
  #answer(peer: PeerId, payload: OfferPayload): void {
    if (this.#isClosed || this.#session(peer, payload) || !this.#hasRoom()) return;
    let isPending = true;
    this.#pending++;
    const settled = () => {
      clearTimeout(timer);
      if (isPending) this.#pending--;
      isPending = false;
    };
    const session = this.#begin({
      peer,
      connectionId: payload.connectionId,
      config: this.#answerConfig,
      opened: (link) => {
        settled();
        for (const listener of this.#listeners) listener(link);
      },
      over: settled,
    });
    const late = new GridError('timeout', `The offer of ${peer} led to no connection.`);
    const timer = setTimeout(() => session.dispose(late), TRANSPORT_LIMITS.CONNECT_MS);
    session.takeOffer(payload);
  }

  #hasRoom(): boolean {
    const { linksMax, pendingMax } = this.#options;
    if (this.#sessions.size >= (linksMax ?? DEFAULTS.linksMax)) return false;
    return this.#pending < (pendingMax ?? DEFAULTS.pendingMax);
  }
}

interface Beginning {
  readonly peer: PeerId;
  readonly connectionId: string;
  readonly config: RtcConfig;
  opened(link: LaneLink): void;
  /** The connection is gone, whether it ever opened or not. */
  over(reason: GridError): void;
}

/** libdatachannel takes a port, not "any one port for all". */
async function freeUdpPort(address?: string | undefined): Promise<number> {
  const socket = createSocket(address?.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
