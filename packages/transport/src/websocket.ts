// The WebSocket road alone: what a submitter needs, in a page and in Node.
export { openBrowserSocket } from './browser-socket.ts';
export { WebSocketTransport, type WebSocketTransportOptions } from './websocket-client.ts';
