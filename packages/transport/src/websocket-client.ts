import type { Link, PeerId, Transport } from '@manytabs/protocol';
import { dial, unreachablePeer } from './dial.ts';
import type { LaneLink } from './lanes.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import { linkOverSocket, receiveFromSocket, type Socket, socketClosed } from './websocket-link.ts';

export interface WebSocketTransportOptions {
  readonly self: PeerId;
  /** The endpoint, `ws://` or `wss://`. Its query is kept; `id` and `to` are added. */
  readonly url: string;
  readonly openSocket: (url: string) => Socket;
  readonly connectMs?: number | undefined;
}

/** Reaches a coordinator over one WebSocket a link. Nobody reaches it. */
export class WebSocketTransport implements Transport {
  readonly self: PeerId;
  readonly #options: WebSocketTransportOptions;
  readonly #links = new Set<LaneLink>();

  constructor(options: WebSocketTransportOptions) {
    this.self = options.self;
    this.#options = options;
  }

  async connect(
    peer: PeerId,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Link> {
    const timeoutMs = this.#options.connectMs ?? TRANSPORT_LIMITS.CONNECT_MS;
    const link = await dial({
      peer,
      signal,
      timeoutMs,
      begin: ({ done, fail }) =>
        this.#open(peer, done, () => fail(unreachablePeer(peer, 'the WebSocket did not open.'))),
    });
    this.#links.add(link);
    link.onClose(() => this.#links.delete(link));
    return link;
  }

  onLink(): void {
    // A WebSocket client has no address, so no link ever comes in.
  }

  close(): Promise<void> {
    for (const link of [...this.#links]) link.close();
    return Promise.resolve();
  }

  #open(peer: PeerId, done: (link: LaneLink) => void, fail: () => void): () => void {
    const socket = this.#options.openSocket(this.#address(peer));
    let link: LaneLink | undefined;
    socket.listen({
      opened: () => {
        link = linkOverSocket(socket, peer);
        link.start();
        done(link);
      },
      received: (frame) => link && receiveFromSocket(link, frame),
      drained: () => link?.drained(),
      closed: (code) => (link ? socketClosed(link, code) : fail()),
    });
    return () => socket.close();
  }

  #address(peer: PeerId): string {
    const url = new URL(this.#options.url);
    url.searchParams.set('id', this.self);
    url.searchParams.set('to', peer);
    return url.href;
  }
}
