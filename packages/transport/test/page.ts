import { GridError, isErrorCode, type Lane, type Link, type Transport } from '@manytabs/protocol';
import type { LaneLink } from '../src/lanes.ts';
import { type PeerJsOptions, PeerJsTransport } from '../src/peerjs.ts';
import { openBrowserSocket, WebSocketTransport } from '../src/websocket.ts';
import type { PageCommands, PageEvent } from './remote-transport.ts';

// Runs in the browser: transports that the test in Node steers.

const transports = new Map<number, Transport>();
const links = new Map<number, Link>();
const aborts = new Map<number, AbortController>();
let count = 0;

declare global {
  interface Window {
    tell(event: PageEvent): Promise<void>;
    commands: PageCommands;
  }
}

function keep(link: Link): number {
  const id = ++count;
  links.set(id, link);
  link.onMessage((lane, bytes) => {
    void window.tell({ type: 'message', link: id, lane, bytes });
  });
  link.onClose(({ code, message }) => {
    void window.tell({ type: 'close', link: id, code, message });
  });
  return id;
}

function add(transport: Transport): number {
  const id = ++count;
  transports.set(id, transport);
  transport.onLink((link) => {
    void window.tell({ type: 'link', transport: id, link: keep(link), peer: link.peer });
  });
  return id;
}

function queued(id: number): { [lane in Lane]: number } {
  const link = links.get(id);
  return { control: link?.queuedBytes('control') ?? 0, bulk: link?.queuedBytes('bulk') ?? 0 };
}

window.commands = {
  openPeerJs: async (options: PeerJsOptions) => add(await PeerJsTransport.open(options)),
  openWebSocket: (options) =>
    Promise.resolve(add(new WebSocketTransport({ ...options, openSocket: openBrowserSocket }))),
  connect: async ({ transport, peer, attempt, isAborted }) => {
    const controller = new AbortController();
    aborts.set(attempt, controller);
    if (isAborted) controller.abort();
    try {
      const link = await transports.get(transport)?.connect(peer, controller);
      return link ? { link: keep(link) } : { code: 'closed', message: '' };
    } catch (thrown) {
      const { code, message } = thrown as GridError;
      return isErrorCode(code) ? { code, message } : { code: 'frame-malformed', message };
    }
  },
  abort: (attempt) => aborts.get(attempt)?.abort(),
  send: ({ link, lane, bytes }) => {
    links.get(link)?.send(lane, bytes);
    return queued(link);
  },
  ready: async ({ link, lane }) => {
    await links.get(link)?.ready(lane);
    return queued(link);
  },
  writeFrame: ({ link, lane, bytes }) => (links.get(link) as LaneLink).writeFrame(lane, bytes),
  closeLink: ({ link, code, message }) => links.get(link)?.close(new GridError(code, message)),
  answerPings: (id) => {
    const link = links.get(id);
    link?.onMessage((lane, message) => {
      link.send('control', lane === 'bulk' ? Uint8Array.of(255) : message);
    });
  },
  closeTransport: async (transport) => transports.get(transport)?.close(),
};
