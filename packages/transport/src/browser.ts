export { type PeerJsOptions, PeerJsTransport } from './peerjs.ts';
export {
  openBrowserSocket,
  WebSocketTransport,
  type WebSocketTransportOptions,
} from './websocket.ts';
