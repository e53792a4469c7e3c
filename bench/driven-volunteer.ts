import {
  COORDINATOR_PEER_ID,
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  encodeValue,
  helloBytes,
  LIMITS,
  type Link,
  type Transport,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { newKeyPair } from '../packages/sdk/src/identity/crypto.ts';
import { identityOf } from '../packages/sdk/src/identity/identity.ts';

type Assign = Extract<CoordinatorMessage, { type: 'assign' }>;

const ONE_VALUE = encodeValue(1);

export interface DriveOptions {
  /** What it says that a task took, in ms: the longer, the fewer tasks make a bundle. */
  readonly taskMs: number;
  /** Silent ones take work and report nothing. */
  readonly answers?: boolean;
}

/** A volunteer without a browser: it joins over any transport and answers each assignment with ones, at once. */
export class DrivenVolunteer {
  readonly #link: Link;
  readonly #identity = identityOf(newKeyPair());
  readonly #options: DriveOptions;
  readonly #welcomed: Promise<void>;
  #welcome = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;
  #outgoing: VolunteerMessage[] = [];

  private constructor(link: Link, options: DriveOptions) {
    this.#link = link;
    this.#options = options;
    this.#welcomed = new Promise((resolve) => {
      this.#welcome = resolve;
    });
    link.onMessage((_lane, frame) => this.#onFrame(frame));
    link.onClose(() => clearInterval(this.#timer));
  }

  /** Resolves once the coordinator has let it in. */
  static async join(transport: Transport, options: DriveOptions): Promise<DrivenVolunteer> {
    const volunteer = new DrivenVolunteer(await transport.connect(COORDINATOR_PEER_ID), options);
    await volunteer.#welcomed;
    return volunteer;
  }

  leave(): void {
    clearInterval(this.#timer);
    this.#link.close();
  }

  #onFrame(frame: Uint8Array): void {
    const messages = decodeFrame<CoordinatorMessage>(
      frame,
      coordinatorMessageSchema,
      LIMITS.BULK_BYTES_MAX,
    );
    for (const message of messages) this.#onMessage(message);
  }

  #onMessage(message: CoordinatorMessage): void {
    if (message.type === 'challenge') void this.#introduce(message.nonce);
    if (message.type === 'welcome') this.#begin();
    if (message.type === 'assign' && this.#options.answers !== false) this.#answer(message);
  }

  async #introduce(nonce: Uint8Array): Promise<void> {
    const { publicKey, peer } = this.#identity;
    const signature = await this.#identity.sign(helloBytes(nonce, peer, this.#link.binding));
    this.#say({ type: 'join', publicKey, signature, peer, workers: 1, agent: 'bench' });
  }

  #begin(): void {
    const beat = { type: 'heartbeat', workers: 1, accepting: true, running: 0 } as const;
    this.#timer = setInterval(() => this.#say(beat), LIMITS.HEARTBEAT_MS);
    this.#welcome();
  }

  #answer({ lease, from, to }: Assign): void {
    const count = to - from;
    const values = new Uint8Array(count * ONE_VALUE.length);
    for (let i = 0; i < count; i++) values.set(ONE_VALUE, i * ONE_VALUE.length);
    this.#say({ type: 'results', lease, from, values, busyMs: count * this.#options.taskMs });
  }

  /** All of a turn in one frame. */
  #say(message: VolunteerMessage): void {
    this.#outgoing.push(message);
    if (this.#outgoing.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const messages = this.#outgoing.splice(0);
    for (let i = 0; i < messages.length; i += PER_FRAME) {
      this.#link.send('control', encodeFrame(messages.slice(i, i + PER_FRAME)));
    }
  }
}

const PER_FRAME = 64;
