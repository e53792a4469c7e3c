import {
  type AssignMessage,
  COORDINATOR_PEER_ID,
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  encodeValue,
  helloBytes,
  LIMITS,
  type Link,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { WebSocketTransport } from '@manytabs/transport/websocket';
import { ed25519Sign, newKeyPair } from '../packages/sdk/src/identity/crypto.ts';
import { identityOf } from '../packages/sdk/src/identity/identity.ts';
import { openNodeSocket } from '../packages/transport/src/node-socket.ts';

const ONE = encodeValue(1);

/** A volunteer without a browser: it says that each task took so long and gave 1, and takes no time at all. */
export class RobotVolunteer {
  readonly #keys = newKeyPair();
  readonly #identity = identityOf(this.#keys);
  readonly #taskMs: number;
  readonly #link: Link;
  readonly #timer: ReturnType<typeof setInterval>;

  static async join(url: string, taskMs: number): Promise<RobotVolunteer> {
    const address = new URL('/relay', url);
    address.protocol = 'ws:';
    const self = identityOf(newKeyPair()).peer;
    const transport = new WebSocketTransport({
      self,
      url: address.href,
      openSocket: openNodeSocket,
    });
    return new RobotVolunteer(await transport.connect(COORDINATOR_PEER_ID), taskMs);
  }

  private constructor(link: Link, taskMs: number) {
    this.#link = link;
    this.#taskMs = taskMs;
    link.onMessage((_lane, frame) => {
      const messages = decodeFrame<CoordinatorMessage>(frame, coordinatorMessageSchema);
      this.#say(messages.flatMap((message) => this.#answer(message)));
    });
    this.#timer = setInterval(() => this.#say([HEARTBEAT]), LIMITS.HEARTBEAT_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#link.close();
  }

  #answer(message: CoordinatorMessage): VolunteerMessage[] {
    if (message.type === 'challenge') return [this.#join(message.nonce)];
    return message.type === 'assign' ? [this.#compute(message)] : [];
  }

  #join(nonce: Uint8Array): VolunteerMessage {
    const { peer, publicKey } = this.#identity;
    const signature = ed25519Sign(helloBytes(nonce, peer), this.#keys.secretKey);
    return { type: 'join', publicKey, signature, peer, workers: 1, agent: 'robot' };
  }

  #compute({ lease, from, to }: AssignMessage): VolunteerMessage {
    const values = new Uint8Array((to - from) * ONE.length).fill(ONE[0] ?? 0);
    return { type: 'results', lease, from, values, busyMs: this.#taskMs * (to - from) };
  }

  #say(messages: VolunteerMessage[]): void {
    if (messages.length === 0) return;
    const frame = encodeFrame(messages);
    this.#link.send(frame.length > LIMITS.CONTROL_BYTES_MAX ? 'bulk' : 'control', frame);
  }
}

const HEARTBEAT: VolunteerMessage = { type: 'heartbeat', workers: 1, accepting: true, running: 0 };
