import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { base32, GridError, type Link, type PeerId, peerIdSchema } from '@manytabs/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { carriesMessage } from './frames.ts';
import type { LaneLink } from './lanes.ts';
import { nodeSocket, WS_OPTIONS } from './node-socket.ts';
import { AddressCount, queryOf, refuseUpgrade, remoteAddress } from './upgrade.ts';
import { linkOverSocket, receiveFromSocket, socketClosed } from './websocket-link.ts';

export interface WebSocketEndpointOptions {
  readonly self: PeerId;
  /** Open sockets, all together. */
  readonly socketsMax?: number | undefined;
  /** Open sockets of one address; a classroom shares one. */
  readonly socketsPerAddressMax?: number | undefined;
  /** A socket that says nothing for so long is closed. */
  readonly firstMessageMs?: number | undefined;
  /** Where proxies hide the address. */
  readonly addressOf?: ((request: IncomingMessage) => string) | undefined;
}

interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly address: string;
  readonly peer: PeerId;
}

const DEFAULTS = { socketsMax: 5_000, socketsPerAddressMax: 512, firstMessageMs: 15_000 };

/** The accepting end of the WebSocket road. It owns no port: the HTTP server hands it upgrades. */
export class WebSocketEndpoint {
  readonly self: PeerId;
  readonly #options: WebSocketEndpointOptions;
  readonly #server: WebSocketServer;
  readonly #links = new Set<LaneLink>();
  readonly #addresses = new AddressCount();
  readonly #listeners: ((link: Link) => void)[] = [];
  #sockets = 0;
  #isClosed = false;

  constructor(options: WebSocketEndpointOptions) {
    this.self = options.self;
    this.#options = options;
    this.#server = new WebSocketServer({ ...WS_OPTIONS, noServer: true, clientTracking: false });
  }

  /** The query may name the caller (`id`, a PeerId) and must name us (`to`) where it names anybody. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = queryOf(request);
    const id = peerIdSchema.safeParse(query?.get('id') ?? drawId());
    const address = (this.#options.addressOf ?? remoteAddress)(request);
    if (!id.success) refuseUpgrade(socket, '400 Bad Request');
    else if ((query?.get('to') ?? this.self) !== this.self) refuseUpgrade(socket, '404 Not Found');
    else if (!this.#hasRoom(address)) refuseUpgrade(socket, '503 Service Unavailable');
    else this.#handshake({ request, socket, head, address, peer: id.data });
  }

  onLink(listener: (link: Link) => void): void {
    this.#listeners.push(listener);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const link of [...this.#links]) link.close();
    this.#server.close();
    return Promise.resolve();
  }

  #handshake({ request, socket, head, address, peer }: Handshake): void {
    this.#count(address, 1);
    socket.once('close', () => this.#count(address, -1));
    this.#server.handleUpgrade(request, socket, head, (opened) =>
      this.#accept(opened, peer, { address, origin: request.headers.origin }),
    );
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

  #accept(
    opened: WebSocket,
    peer: PeerId,
    caller: { address: string; origin: string | undefined },
  ): void {
    const socket = nodeSocket(opened);
    const link = linkOverSocket(socket, peer, caller);
    const silence = this.#closeIfSilent(link);
    socket.listen({
      opened: () => {},
      received: (frame) => {
        if (frame && carriesMessage(frame)) clearTimeout(silence);
        receiveFromSocket(link, frame);
      },
      drained: () => link.drained(),
      closed: (code) => socketClosed(link, code),
    });
    this.#links.add(link);
    link.onClose(() => {
      clearTimeout(silence);
      this.#links.delete(link);
    });
    link.start();
    for (const listener of this.#listeners) listener(link);
  }

  #closeIfSilent(link: LaneLink): NodeJS.Timeout {
    const ms = this.#options.firstMessageMs ?? DEFAULTS.firstMessageMs;
    const silent = () => new GridError('timeout', `Nothing was said for ${ms} ms.`);
    return setTimeout(() => link.close(silent()), ms);
  }
}

function drawId(): string {
  return `w${base32(randomBytes(13), 20)}`;
}
