import type { Transport } from '@manytabs/protocol';
import { openBrowserSocket } from './browser-socket.ts';
import { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';

/** The WebSocket road of a page or worker. */
export function createWebSocketTransport(
  options: Omit<WebSocketTransportOptions, 'openSocket'>,
): Transport {
  return new WebSocketTransport({ ...options, openSocket: openBrowserSocket });
}
