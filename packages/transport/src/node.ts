import type { Transport } from '@manytabs/protocol';
import { openNodeSocket } from './node-socket.ts';
import { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';

export { WebSocketEndpoint, type WebSocketEndpointOptions } from './websocket-server.ts';

/** The WebSocket road of a Node process. */
export function createWebSocketTransport(
  options: Omit<WebSocketTransportOptions, 'openSocket'>,
): Transport {
  return new WebSocketTransport({ ...options, openSocket: openNodeSocket });
}
