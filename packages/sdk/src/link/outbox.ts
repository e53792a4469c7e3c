import {
  type CoordinatorMessage,
  checkFrame,
  encodeFrame,
  type GridError,
  LIMITS,
  type Link,
  type SubmitterMessage,
  type ToSubmitterMessage,
  toGridError,
  type VolunteerMessage,
} from '@manytabs/protocol';

export type Outgoing =
  | CoordinatorMessage
  | VolunteerMessage
  | SubmitterMessage
  | ToSubmitterMessage;

/** Roughly how much of a control message one entry takes; frames are cut well below the limit. */
const FRAME_BYTES = LIMITS.CONTROL_BYTES_MAX - 1024;

/**
 * Collects what one turn of the loop says to a peer and sends it as few frames. Entries keep their order even where
 * one has to be fetched first. What is too big for a control frame goes over the bulk lane by itself. What is too big
 * for that, no peer would take, and ask for again and again: it is not sent, and whoever waits for it is told.
 */
export class Outbox {
  readonly #link: Link;
  readonly #onUnsendable: (message: Outgoing, reason: GridError) => void;
  #waiting: (Outgoing | Promise<Outgoing | undefined>)[] = [];
  #scheduled = false;

  /** @param onUnsendable answers are refused by themselves; for anything else the link ends, unless this is given. */
  constructor(link: Link, onUnsendable?: (message: Outgoing, reason: GridError) => void) {
    this.#link = link;
    this.#onUnsendable = onUnsendable ?? ((_, reason) => link.close(reason));
  }

  push(entry: Outgoing | Promise<Outgoing | undefined>): void {
    this.#waiting.push(entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => void this.#flush());
  }

  /** Bytes that the link has not taken yet. */
  queuedBytes(): number {
    return this.#link.queuedBytes('control') + this.#link.queuedBytes('bulk');
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting;
      this.#waiting = [];
      const stop = entries.findIndex((entry) => entry instanceof Promise);
      this.#send(entries.slice(0, stop < 0 ? entries.length : stop) as Outgoing[]);
      if (stop < 0) continue;
      const late = await entries[stop];
      this.#waiting = [...(late ? [late] : []), ...entries.slice(stop + 1), ...this.#waiting];
    }
    this.#scheduled = false;
  }

  #send(messages: readonly Outgoing[]): void {
    let batch: Outgoing[] = [];
    let size = 0;
    for (const message of messages) {
      const bytes = weight(message);
      if (size + bytes > FRAME_BYTES || batch.length === LIMITS.FRAME_MESSAGES_MAX) {
        this.#frame(batch);
        batch = [];
        size = 0;
      }
      batch.push(message);
      size += bytes;
    }
    this.#frame(batch);
  }

  #frame(messages: readonly Outgoing[]): void {
    if (messages.length === 0) return;
    const frame = encodeFrame(messages);
    if (frame.length <= LIMITS.CONTROL_BYTES_MAX) return this.#link.send('control', frame);
    try {
      checkFrame(frame);
    } catch (thrown) {
      // So many bytes are one message.
      return this.#refuse(messages[0] as Outgoing, toGridError(thrown, 'frame-too-large'));
    }
    this.#link.send('bulk', frame);
  }

  #refuse(message: Outgoing, reason: GridError): void {
    if (message.type !== 'answer') return this.#onUnsendable(message, reason);
    const { request } = message;
    const text = 'The answer is larger than what a link carries in one message.';
    this.push({ type: 'refused', request, code: 'answer-too-large', message: text });
  }
}

/** An upper estimate of a message's encoded size, without encoding it. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length * 3 + 5;
  if (value instanceof Uint8Array) return value.length + 5;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + weight(item), 5);
  if (typeof value !== 'object' || value === null) return 9;
  let sum = 5;
  for (const key in value) sum += key.length + 2 + weight((value as Record<string, unknown>)[key]);
  return sum;
}
