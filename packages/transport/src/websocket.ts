export { openBrowserSocket } from './browser-socket.ts';
export { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';
export type { Socket, SocketListeners } from './websocket-link.ts';
