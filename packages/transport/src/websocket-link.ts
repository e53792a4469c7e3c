import { GridError, type PeerId } from '@manytabs/protocol';
import { malformed } from './frames.ts';
import { LaneLink } from './lanes.ts';

/** What a WebSocket is to us, in a browser and in Node. */
export interface Socket {
  send(frame: Uint8Array): void;
  bufferedBytes(): number;
  /** Closes once everything written has left, or after LINGER_MS. */
  close(): void;
  listen(listeners: SocketListeners): void;
}

export interface SocketListeners {
  opened(): void;
  /** Undefined for a text message, which we never send. */
  received(frame: Uint8Array | undefined): void;
  drained(): void;
  closed(code: number): void;
}

/** RFC 6455 7.4.1: the peer found our message too big. */
const TOO_BIG = 1009;

/** A link over an open socket; feed it with what `listen` tells. */
export function linkOverSocket(
  socket: Socket,
  peer: PeerId,
  caller: { readonly address?: string; readonly origin?: string | undefined } = {},
): LaneLink {
  const pipe = {
    write: (frame: Uint8Array) => socket.send(frame),
    bufferedBytes: () => socket.bufferedBytes(),
  };
  return new LaneLink({
    peer,
    road: 'websocket',
    ...caller,
    control: pipe,
    bulk: pipe,
    end: () => socket.close(),
  });
}

export function receiveFromSocket(link: LaneLink, frame: Uint8Array | undefined): void {
  if (frame) link.receive('control', frame);
  else link.close(malformed('A text message.'));
}

export function socketClosed(link: LaneLink, code: number): void {
  const tooBig = () => new GridError('frame-too-large', 'The other end takes no frame so large.');
  link.lost(code === TOO_BIG ? tooBig() : undefined);
}
