import { ERRORS, type ErrorCode, GridError, type Lane, type PeerId } from '@manytabs/protocol';
import { type ForwardedSignal, forwardedSchema } from '@manytabs/transport';
import { Channel } from './channel.ts';
import {
  closingSchema,
  decodePart,
  encodePart,
  type Load,
  loadSchema,
  type Opening,
  openingSchema,
  type PeersChange,
  peersSchema,
} from './opening.ts';
import type { Wire } from './wire.ts';

// A message on the wire: one byte that says what it is, four for the channel, and what it carries.

const KIND = {
  open: 1,
  control: 2,
  bulk: 3,
  close: 4,
  load: 5,
  earn: 6,
  peers: 7,
  signal: 8,
} as const;
const HEAD_BYTES = 5;

export interface LineUser {
  /** The other server speaks for somebody from here on. */
  onOpen(opening: Opening, channel: Channel): void;
  onLoad(load: Load): void;
  /** Tabs have come to the other server's signalling, or have gone from it. */
  onPeers(change: PeersChange): void;
  /** From a tab of the other server, for one of this. */
  onSignal(signal: ForwardedSignal): void;
  onClose(): void;
}

/** Many links over one wire between two servers; only the side that dialled opens them. */
export class Line {
  readonly #wire: Wire;
  readonly #user: LineUser;
  readonly #channels = new Map<number, Channel>();
  #count = 0;

  constructor(wire: Wire, user: LineUser) {
    this.#wire = wire;
    this.#user = user;
    wire.onMessage((message) => this.#onMessage(message));
    wire.onClose(() => this.#onClose());
  }

  open(opening: Opening): Channel {
    this.#count += 1;
    const channel = this.#channel(this.#count, opening);
    this.#write(KIND.open, this.#count, encodePart(opening));
    return channel;
  }

  tell(load: Load): void {
    this.#write(KIND.load, 0, encodePart(load));
  }

  tellPeers(change: PeersChange): void {
    this.#write(KIND.peers, 0, encodePart(change));
  }

  signal(signal: ForwardedSignal): void {
    this.#write(KIND.signal, 0, encodePart(signal));
  }

  bufferedBytes(): number {
    return this.#wire.bufferedBytes();
  }

  close(): void {
    this.#wire.close();
  }

  #channel(id: number, opening: Opening): Channel {
    const peer = opening.role === 'volunteer' ? opening.peer : ('server' as PeerId);
    const channel = new Channel(peer, {
      write: (lane, message) => this.#write(KIND[lane], id, message),
      bufferedBytes: () => this.#wire.bufferedBytes(),
      ready: () => this.#wire.ready(),
      earn: (answers) => this.#write(KIND.earn, id, uint32(answers)),
      end: ({ code, message }) => this.#write(KIND.close, id, encodePart({ code, message })),
    });
    this.#channels.set(id, channel);
    channel.onClose(() => this.#channels.delete(id));
    return channel;
  }

  #write(kind: number, id: number, body: Uint8Array): void {
    const message = new Uint8Array(HEAD_BYTES + body.length);
    message[0] = kind;
    new DataView(message.buffer).setUint32(1, id);
    message.set(body, HEAD_BYTES);
    this.#wire.send(message);
  }

  /** The other side is a server of this grid: one that speaks otherwise is of another version, and is left. */
  #onMessage(message: Uint8Array): void {
    try {
      this.#understand(message);
    } catch {
      this.#wire.close();
    }
  }

  #understand(message: Uint8Array): void {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const id = view.getUint32(1);
    const body = message.subarray(HEAD_BYTES);
    switch (message[0]) {
      case KIND.open: {
        const opening = decodePart(body, openingSchema);
        return this.#user.onOpen(opening, this.#channel(id, opening));
      }
      case KIND.control:
        return this.#onFrame(id, 'control', body);
      case KIND.bulk:
        return this.#onFrame(id, 'bulk', body);
      case KIND.close:
        return this.#channels.get(id)?.lost(reasonOf(body));
      case KIND.earn:
        return this.#channels.get(id)?.earned(view.getUint32(HEAD_BYTES));
      case KIND.load:
        return this.#user.onLoad(decodePart(body, loadSchema));
      case KIND.peers:
        return this.#user.onPeers(decodePart(body, peersSchema));
      case KIND.signal:
        return this.#user.onSignal(decodePart(body, forwardedSchema));
      default:
        this.#wire.close();
    }
  }

  #onFrame(id: number, lane: Lane, frame: Uint8Array): void {
    this.#channels.get(id)?.received(lane, frame);
  }

  #onClose(): void {
    const reason = new GridError('connection-lost', 'The other server is away.');
    for (const channel of [...this.#channels.values()]) channel.lost(reason);
    this.#user.onClose();
  }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function reasonOf(body: Uint8Array): GridError {
  const { code, message } = decodePart(body, closingSchema);
  return new GridError(code in ERRORS ? (code as ErrorCode) : 'closed', message);
}
