import { WebSocket } from 'ws';
import { TRANSPORT_LIMITS } from './limits.ts';
import type { Socket, SocketListeners } from './websocket-link.ts';

/** For both ends. `closeTimeout` is how long a close may take before the socket is destroyed. */
export const WS_OPTIONS = {
  maxPayload: TRANSPORT_LIMITS.FRAME_BYTES_MAX,
  perMessageDeflate: false,
  closeTimeout: TRANSPORT_LIMITS.LINGER_MS,
} as const;

export function openNodeSocket(url: string): Socket {
  return nodeSocket(new WebSocket(url, WS_OPTIONS));
}

/** The `ws` WebSocket of either side. */
export function nodeSocket(socket: WebSocket): Socket {
  let drained = () => {};
  const sent = () => drained();
  return {
    // A callback only where somebody may wait for it: the last frame of a full buffer has one, so a wait always ends.
    send: (frame) =>
      socket.bufferedAmount < TRANSPORT_LIMITS.LOW_WATER_BYTES
        ? socket.send(frame)
        : socket.send(frame, sent),
    bufferedBytes: () => socket.bufferedAmount,
    close: () => socket.close(),
    listen: (listeners) => {
      drained = listeners.drained;
      listen(socket, listeners);
    },
  };
}

function listen(socket: WebSocket, listeners: SocketListeners): void {
  let isTooBig = false;
  socket.on('open', () => listeners.opened());
  socket.on('close', (code) => listeners.closed(isTooBig ? 1009 : code));
  // Without a listener a failed handshake or a broken frame would end the process; `close` follows and tells.
  socket.on('error', (error: Error & { code?: string }) => {
    isTooBig ||= error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
  });
  socket.on('message', (data, isBinary) => {
    listeners.received(isBinary && Buffer.isBuffer(data) ? plain(data) : undefined);
  });
}

/** The same bytes without Buffer's habits, such as a `slice` that shares memory. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
