import type { Lane } from '@manytabs/protocol';
import { bulkMoreFrame, bulkStartFrame, controlFrame } from './frames.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import { Queue } from './queue.ts';

/** A road for frames that keeps their order. */
export interface Pipe {
  /** Takes the frame now. The caller keeps `bufferedBytes` low; the frame is not changed afterwards. */
  write(frame: Uint8Array): void;
  /** Bytes written that have not left. Infinity while the pipe cannot take anything. */
  bufferedBytes(): number;
}

export interface OutboxOptions {
  readonly pieceBytes: number;
  /** Bulk bytes under way, where the road bears less than the peer's credit. */
  readonly windowBytesMax: number;
}

const READY_BYTES = {
  control: TRANSPORT_LIMITS.CONTROL_READY_BYTES,
  bulk: TRANSPORT_LIMITS.BULK_READY_BYTES,
} as const;

/**
 * The sending half of a link: two queues before one pipe, or two. Control goes first and stops only when the pipe
 * itself is full; bulk goes in pieces, as far as the peer's credit and the pipe's room allow.
 */
export class Outbox {
  readonly #pipes: { readonly [lane in Lane]: Pipe };
  readonly #options: OutboxOptions;
  readonly #frames = new Queue<Uint8Array>();
  readonly #messages = new Queue<Uint8Array>();
  readonly #queued = { control: 0, bulk: 0 };
  readonly #written = { control: 0, bulk: 0 };
  readonly #waiting: { [lane in Lane]: (() => void)[] } = { control: [], bulk: [] };
  #offset = 0;
  #credit = 0;
  /** Credit that stays unspent for the sake of `windowBytesMax`. */
  #unused = 0;

  constructor(pipes: { readonly [lane in Lane]: Pipe }, options: OutboxOptions) {
    this.#pipes = pipes;
    this.#options = options;
  }

  get credit(): number {
    return this.#credit;
  }

  send(lane: Lane, message: Uint8Array): void {
    if (lane === 'control') this.#sendControl(controlFrame(message));
    else this.#sendBulk(message);
  }

  /** The peer takes bulk from now on, and so many bytes before it says more. */
  open(windowBytes: number): void {
    this.#unused = Math.max(0, windowBytes - this.#options.windowBytesMax);
    this.grant(windowBytes);
  }

  /** The peer takes so many bulk bytes more. */
  grant(bytes: number): void {
    this.#credit += bytes;
    this.pump();
  }

  /** Writes what the pipes take, and wakes who waited for room. */
  pump(): void {
    this.#pumpControl(TRANSPORT_LIMITS.CONTROL_HIGH_WATER_BYTES);
    while (this.#writePiece());
    this.#wake('control');
    this.#wake('bulk');
  }

  queuedBytes(lane: Lane): number {
    const buffered = this.#pipes[lane].bufferedBytes();
    if (buffered === 0) this.#written[lane] = 0;
    return this.#queued[lane] + Math.min(this.#written[lane], buffered);
  }

  ready(lane: Lane): Promise<void> {
    if (this.queuedBytes(lane) < READY_BYTES[lane]) return Promise.resolve();
    return new Promise((resolve) => this.#waiting[lane].push(resolve));
  }

  /** Hands all control frames to the pipe, drops the rest, and lets nobody wait. */
  close(): void {
    if (Number.isFinite(this.#pipes.control.bufferedBytes())) this.#pumpControl(Infinity);
    this.drop();
  }

  drop(): void {
    this.#frames.clear();
    this.#messages.clear();
    this.#queued.control = this.#queued.bulk = 0;
    this.#written.control = this.#written.bulk = 0;
    for (const lane of ['control', 'bulk'] as const) {
      for (const resolve of this.#waiting[lane].splice(0)) resolve();
    }
  }

  #sendControl(frame: Uint8Array): void {
    const hasRoom = this.#pipes.control.bufferedBytes() < TRANSPORT_LIMITS.CONTROL_HIGH_WATER_BYTES;
    if (hasRoom && this.#frames.length === 0) {
      this.#write('control', frame);
    } else {
      this.#frames.push(frame);
      this.#queued.control += frame.length;
    }
  }

  #sendBulk(message: Uint8Array): void {
    this.#messages.push(message);
    this.#queued.bulk += message.length;
    while (this.#writePiece());
  }

  #pumpControl(highWaterBytes: number): void {
    while (this.#frames.length > 0 && this.#pipes.control.bufferedBytes() < highWaterBytes) {
      const frame = this.#frames.shift();
      if (!frame) return;
      this.#queued.control -= frame.length;
      this.#write('control', frame);
    }
  }

  #nextPieceBytes(): number {
    const message = this.#messages.peek();
    return message ? Math.min(this.#options.pieceBytes, message.length - this.#offset) : 0;
  }

  /** False when nothing waits, or the pipe or the credit is used up. */
  #writePiece(): boolean {
    const message = this.#messages.peek();
    if (!message) return false;
    const bytes = this.#nextPieceBytes();
    const credit = this.#credit - this.#unused;
    if (credit < bytes || credit === 0) return false;
    if (this.#pipes.bulk.bufferedBytes() >= TRANSPORT_LIMITS.BULK_HIGH_WATER_BYTES) return false;
    const piece = message.subarray(this.#offset, this.#offset + bytes);
    const frame = this.#offset === 0 ? bulkStartFrame(message.length, piece) : bulkMoreFrame(piece);
    this.#advance(message, bytes);
    this.#write('bulk', frame);
    return true;
  }

  #advance(message: Uint8Array, bytes: number): void {
    this.#credit -= bytes;
    this.#queued.bulk -= bytes;
    this.#offset += bytes;
    if (this.#offset < message.length) return;
    this.#messages.shift();
    this.#offset = 0;
  }

  #write(lane: Lane, frame: Uint8Array): void {
    this.#written[lane] += frame.length;
    this.#pipes[lane].write(frame);
  }

  #wake(lane: Lane): void {
    if (this.#waiting[lane].length === 0 || this.queuedBytes(lane) >= READY_BYTES[lane]) return;
    for (const resolve of this.#waiting[lane].splice(0)) resolve();
  }
}
