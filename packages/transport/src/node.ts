export { openNodeSocket } from './node-socket.ts';
export { type NodeWebRtcOptions, NodeWebRtcTransport } from './node-webrtc.ts';
export { Signalling, type SignallingOptions } from './signalling.ts';
export { SignallingClient, type SignallingClientOptions } from './signalling-client.ts';
export type { SignalChannel } from './signals.ts';
export { refuseUpgrade, remoteAddress } from './upgrade.ts';
export { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';
export { WebSocketEndpoint, type WebSocketEndpointOptions } from './websocket-server.ts';
