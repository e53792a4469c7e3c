import { TRANSPORT_LIMITS } from './limits.ts';
import type { Socket, SocketListeners } from './websocket-link.ts';

const POLL_MS = 25;

/** The WebSocket of a page or worker. It has no drain event, so a full one is looked at again soon. */
export function openBrowserSocket(url: string): Socket {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let drained = () => {};
  let isPolling = false;
  const poll = () => {
    isPolling = false;
    drained();
    watch();
  };
  const watch = () => {
    if (isPolling || socket.bufferedAmount <= TRANSPORT_LIMITS.LOW_WATER_BYTES) return;
    if (socket.readyState !== WebSocket.OPEN) return;
    isPolling = true;
    setTimeout(poll, POLL_MS);
  };
  return {
    send: (frame) => {
      socket.send(frame as Uint8Array<ArrayBuffer>);
      watch();
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: () => socket.close(),
    listen: (listeners) => {
      drained = listeners.drained;
      listen(socket, listeners);
    },
  };
}

function listen(socket: WebSocket, listeners: SocketListeners): void {
  socket.onopen = () => listeners.opened();
  socket.onclose = (event) => listeners.closed(event.code);
  socket.onmessage = (event: MessageEvent<unknown>) => {
    const { data } = event;
    listeners.received(data instanceof ArrayBuffer ? new Uint8Array(data) : undefined);
  };
}
