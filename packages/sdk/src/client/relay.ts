import { base32, GridError, type PeerId, type Transport } from '@manytabs/protocol';
import { openBrowserSocket, WebSocketTransport } from '@manytabs/transport/websocket';
import { randomBytes } from '../identity/crypto.ts';

/** The WebSocket road to the grid at an address, in a page and in Node. */
export async function relayTransport(url: string | URL, self = drawPeer()): Promise<Transport> {
  const openSocket = typeof WebSocket === 'function' ? openBrowserSocket : await nodeSocket();
  return new WebSocketTransport({ self, url: relayUrl(url), openSocket });
}

function relayUrl(url: string | URL): string {
  const address = parse(url);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.pathname = '/relay';
  address.hash = '';
  address.search = '';
  return address.href;
}

function parse(url: string | URL): URL {
  if (URL.canParse(url)) {
    const address = new URL(url);
    if (/^(https?|wss?):$/.test(address.protocol)) return address;
  }
  throw new GridError('unreachable', `${url} is not an address of a grid.`);
}

async function nodeSocket() {
  const { openNodeSocket } = await import('@manytabs/transport/node-socket');
  return openNodeSocket;
}

function drawPeer(): PeerId {
  return `s${base32(randomBytes(10), 16)}` as PeerId;
}
