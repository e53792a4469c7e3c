import type { Transport } from '@manytabs/protocol';
import { openNodeSocket } from './node-socket.ts';
import { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';

export { createNodeWebRtcTransport, type NodeWebRtcOptions } from './node-webrtc.ts';
export { Signalling, type SignallingOptions } from './signalling.ts';
export { SignallingClient, type SignallingClientOptions } from './signalling-client.ts';
export type { SignalChannel } from './signals.ts';
export { WebSocketEndpoint, type WebSocketEndpointOptions } from './websocket-server.ts';

/** The WebSocket road of a Node process. */
export function createWebSocketTransport(
  options: Omit<WebSocketTransportOptions, 'openSocket'>,
): Transport {
  return new WebSocketTransport({ ...options, openSocket: openNodeSocket });
}
