import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  COORDINATOR_PEER_ID,
  decodeValue,
  encodeFrame,
  helloBytes,
  type Link,
  type PeerId,
  type Transport,
  volunteerId,
} from '@manytabs/protocol';
import {
  NodeWebRtcTransport,
  openNodeSocket,
  SignallingClient,
  WebSocketTransport,
} from '@manytabs/transport/node';

export interface Word {
  readonly type: string;
  readonly code?: string;
  readonly nonce?: Uint8Array;
  readonly [key: string]: unknown;
}

export interface Volunteer {
  readonly peer: PeerId;
  readonly publicKey: Uint8Array;
  readonly key: KeyObject;
}

export const ROADS = ['websocket', 'webrtc'] as const;

let callers = 0;

/** The road to a grid, for a caller that a test plays itself. */
export async function roadTo(
  url: string,
  road: (typeof ROADS)[number],
  peer = `caller-${process.pid}-${++callers}` as PeerId,
): Promise<Transport> {
  const address = url.replace(/^http/, 'ws');
  if (road === 'websocket') {
    return new WebSocketTransport({
      self: peer,
      url: `${address}/relay`,
      openSocket: openNodeSocket,
    });
  }
  const signalling = new SignallingClient({ self: peer, url: `${address}/peerjs` });
  return NodeWebRtcTransport.open({ signalling });
}

/** A link on which the test speaks for itself. */
export async function call(transport: Transport) {
  const link = await transport.connect(COORDINATOR_PEER_ID);
  const heard: Word[] = [];
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  let isClosed = false;
  link.onClose(() => {
    isClosed = true;
    wake();
  });
  link.onMessage((_lane, frame) => {
    heard.push(...(decodeValue(frame.subarray(1)) as Word[]));
    wake();
  });
  /** The first word that fits; rejects when the link closes without one. */
  const next = (fits: (word: Word) => boolean) =>
    new Promise<Word>((resolve, reject) => {
      const look = () => {
        const word = heard.find(fits);
        if (!word && !isClosed) return;
        listeners.delete(look);
        if (word) resolve(word);
        else reject(new Error(`closed after ${JSON.stringify(heard.map(({ type }) => type))}`));
      };
      listeners.add(look);
      look();
    });
  const say = (...messages: { type: string }[]) => speak(link, messages);
  const { nonce } = await next(({ type }) => type === 'challenge');
  return { link, heard, next, say, nonce: nonce as Uint8Array };
}

function speak(link: Link, messages: { type: string }[]): void {
  link.send('control', encodeFrame(messages));
}

export function newVolunteer(): Volunteer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  const id = volunteerId(createHash('sha256').update(raw).digest());
  return { peer: `${id}-aaaaaaaa` as PeerId, publicKey: raw, key: privateKey };
}

export function joinOf(volunteer: Volunteer, link: Link, nonce: Uint8Array, part: object = {}) {
  const { peer, publicKey, key } = volunteer;
  const signature = new Uint8Array(sign(null, helloBytes(nonce, peer, link.binding), key));
  return { type: 'join', publicKey, signature, peer, workers: 1, agent: 'test', ...part };
}
