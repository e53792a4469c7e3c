import {
  GridError,
  type Lane,
  LIMITS,
  type Link,
  type PeerId,
  type Road,
  toGridError,
  unreachable,
} from '@manytabs/protocol';
import { Assembler } from './assembler.ts';
import {
  byeFrame,
  creditFrame,
  FRAME_VERSION,
  type Frame,
  malformed,
  readFrame,
  readyFrame,
  tooLarge,
} from './frames.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import { Outbox, type Pipe } from './outbox.ts';

/** How a road ends: once what was written has left, or at once because nobody is there to take it. */
export type Ending = 'flush' | 'now';

export interface LaneLinkOptions {
  readonly peer: PeerId;
  readonly road: Road;
  readonly address?: string | undefined;
  readonly origin?: string | undefined;
  readonly binding?: Uint8Array | undefined;
  readonly control: Pipe;
  /** The same pipe as `control` where the road has only one. */
  readonly bulk: Pipe;
  readonly pieceBytes?: number | undefined;
  /** Bulk bytes under way, where the road bears less than the peer's credit. */
  readonly windowBytesMax?: number | undefined;
  /** Called once, when the link closes. */
  readonly end: (how: Ending) => void;
}

const MESSAGE_BYTES_MAX = {
  control: LIMITS.CONTROL_BYTES_MAX,
  bulk: LIMITS.BULK_BYTES_MAX,
} as const;
const QUEUE_BYTES_MAX = {
  control: TRANSPORT_LIMITS.CONTROL_QUEUE_BYTES_MAX,
  bulk: TRANSPORT_LIMITS.BULK_QUEUE_BYTES_MAX,
} as const;

/**
 * A link over any road that carries frames in order. Cuts bulk messages, grants and obeys credit, refuses what is not
 * a frame, and tells each close once. What must hold: (1) after the close no listener hears a message; (2) we never
 * have more than the peer's credit of bulk under way; (3) whatever comes in, only this link is harmed.
 */
export class LaneLink implements Link {
  readonly peer: PeerId;
  readonly road: Road;
  readonly address: string | undefined;
  readonly origin: string | undefined;
  readonly binding: Uint8Array | undefined;
  readonly #options: LaneLinkOptions;
  readonly #outbox: Outbox;
  readonly #assembler = new Assembler();
  readonly #messageListeners: ((lane: Lane, message: Uint8Array) => void)[] = [];
  readonly #closeListeners: ((reason: GridError) => void)[] = [];
  #held: { readonly lane: Lane; readonly message: Uint8Array }[] = [];
  #heldBytes = 0;
  #ungrantedBytes = 0;
  #isPeerReady = false;
  #closedBy: GridError | undefined;

  constructor(options: LaneLinkOptions) {
    this.peer = options.peer;
    this.road = options.road;
    this.address = options.address;
    this.origin = options.origin;
    this.binding = options.binding;
    this.#options = options;
    const pipes = { control: options.control, bulk: options.bulk };
    const { pieceBytes = TRANSPORT_LIMITS.PIECE_BYTES, windowBytesMax = Infinity } = options;
    this.#outbox = new Outbox(pipes, { pieceBytes, windowBytesMax });
  }

  get isClosed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** To be called once, when both pipes lead to the peer: tells it that bulk is welcome. */
  start(): void {
    this.writeFrame('control', readyFrame(TRANSPORT_LIMITS.WINDOW_BYTES));
  }

  send(lane: Lane, message: Uint8Array): void {
    if (message.length > MESSAGE_BYTES_MAX[lane]) throw tooLarge('A message', message.length);
    if (this.#closedBy) return;
    if (this.#outbox.queuedBytes(lane) + message.length > QUEUE_BYTES_MAX[lane]) {
      this.close(new GridError('connection-lost', `${this.peer} takes no more ${lane} messages.`));
      return;
    }
    this.#guard(() => this.#outbox.send(lane, message));
  }

  queuedBytes(lane: Lane): number {
    return this.#closedBy ? 0 : this.#outbox.queuedBytes(lane);
  }

  ready(lane: Lane): Promise<void> {
    return this.#closedBy ? Promise.resolve() : this.#outbox.ready(lane);
  }

  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void {
    this.#messageListeners.push(listener);
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const { lane, message } of held) this.#deliver(lane, message);
  }

  onClose(listener: (reason: GridError) => void): void {
    if (this.#closedBy) listener(this.#closedBy);
    else this.#closeListeners.push(listener);
  }

  close(reason = new GridError('closed', 'The link was closed.')): void {
    if (this.#closedBy) return;
    this.#guard(() => {
      this.#outbox.close();
      this.#options.control.write(byeFrame(reason));
    });
    this.#finish(reason, 'flush');
  }

  /** For the road: a frame came in on the pipe of this lane. */
  receive(lane: Lane, bytes: Uint8Array): void {
    if (this.#closedBy) return;
    try {
      this.#take(lane, readFrame(bytes));
    } catch (thrown) {
      if (!(thrown instanceof GridError)) throw thrown;
      this.close(thrown);
    }
  }

  /** For the road: a pipe opened, or has room again. */
  drained(): void {
    if (!this.#closedBy) this.#guard(() => this.#outbox.pump());
  }

  /** For the road: the peer is gone. */
  lost(reason = new GridError('connection-lost', `The connection to ${this.peer} broke.`)): void {
    this.#finish(reason, 'now');
  }

  /** Writes a frame as it is, past the queues. Tests use it to be a hostile peer. */
  writeFrame(lane: Lane, frame: Uint8Array): void {
    if (!this.#closedBy) this.#guard(() => this.#options[lane].write(frame));
  }

  #take(lane: Lane, frame: Frame): void {
    switch (frame.kind) {
      case 'control':
        this.#hear('control', frame.message);
        break;
      case 'bulk-start':
        this.#spend(lane, frame.piece.length);
        this.#hearWhole(this.#assembler.start(frame.totalBytes, frame.piece));
        break;
      case 'bulk-more':
        this.#spend(lane, frame.piece.length);
        this.#hearWhole(this.#assembler.more(frame.piece));
        break;
      case 'credit':
        this.#takeCredit(frame.bytes);
        break;
      case 'ready':
        this.#takeReady(frame.version, frame.bytes);
        break;
      case 'bye':
        this.#finish(frame.reason, 'now');
        break;
      default:
        unreachable(frame);
    }
  }

  /** Grants before the message is heard: a listener that throws must not starve the peer. */
  #spend(lane: Lane, bytes: number): void {
    if (this.#options[lane] !== this.#options.bulk) throw malformed('Bulk on the control lane.');
    this.#ungrantedBytes += bytes;
    if (this.#ungrantedBytes < TRANSPORT_LIMITS.GRANT_BYTES) return;
    this.writeFrame('control', creditFrame(this.#ungrantedBytes));
    this.#ungrantedBytes = 0;
  }

  #takeCredit(bytes: number): void {
    this.#checkCredit(bytes);
    this.#guard(() => this.#outbox.grant(bytes));
  }

  #checkCredit(bytes: number): void {
    if (this.#outbox.credit + bytes <= TRANSPORT_LIMITS.CREDIT_BYTES_MAX) return;
    throw malformed('More credit than anybody needs.');
  }

  #takeReady(version: number, bytes: number): void {
    if (version !== FRAME_VERSION) {
      throw new GridError('version-mismatch', `The peer speaks frame version ${version}.`);
    }
    if (this.#isPeerReady) throw malformed('Ready was said twice.');
    this.#checkCredit(bytes);
    this.#isPeerReady = true;
    this.#guard(() => this.#outbox.open(bytes));
  }

  #hearWhole(message: Uint8Array | undefined): void {
    if (message) this.#hear('bulk', message);
  }

  #hear(lane: Lane, message: Uint8Array): void {
    if (this.#messageListeners.length > 0) this.#deliver(lane, message);
    else this.#hold(lane, message);
  }

  #deliver(lane: Lane, message: Uint8Array): void {
    for (const listener of this.#messageListeners) {
      if (!this.#closedBy) listener(lane, message);
    }
  }

  #hold(lane: Lane, message: Uint8Array): void {
    this.#heldBytes += message.length;
    this.#held.push({ lane, message });
    const isFull =
      this.#held.length > TRANSPORT_LIMITS.HELD_MESSAGES_MAX ||
      this.#heldBytes > TRANSPORT_LIMITS.HELD_BYTES_MAX;
    if (isFull) throw new GridError('frame-unexpected', 'Nobody listens on this link.');
  }

  /** A pipe may break under a write, before the road has told. */
  #guard(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.lost(toGridError(thrown, 'connection-lost'));
    }
  }

  #finish(reason: GridError, how: Ending): void {
    if (this.#closedBy) return;
    this.#closedBy = reason;
    this.#outbox.drop();
    this.#held = [];
    this.#options.end(how);
    for (const listener of this.#closeListeners.splice(0)) listener(reason);
  }
}
