import {
  coordinatorMessageSchema,
  decodeFrame,
  encodeFrame,
  type GridError,
  helloBytes,
  type Lane,
  type Link,
  type PeerId,
  type Prng,
  submitterMessageSchema,
  toSubmitterMessageSchema,
  volunteerMessageSchema,
  z,
} from '../../packages/protocol/src/index.ts';
import { CoordinatorHost } from '../../packages/sdk/src/host/index.ts';
import { newKeyPair } from '../../packages/sdk/src/identity/crypto.ts';
import { identityOf } from '../../packages/sdk/src/identity/identity.ts';
import {
  CountedBlobs,
  MemoryBlobs,
  MemoryJournal,
  MemoryKeyValue,
} from '../../packages/storage/src/index.ts';
import { frameOf, type Target } from './decoders.ts';
import { noise } from './generate.ts';

/** The near end of a link that the fuzzer speaks on. */
class FuzzLink implements Link {
  readonly road = 'memory';
  readonly address = undefined;
  readonly origin = undefined;
  readonly binding = undefined;
  readonly peer: PeerId;
  readonly said: Uint8Array[] = [];
  closedBy: GridError | undefined;
  #listener: ((lane: Lane, message: Uint8Array) => void) | undefined;
  readonly #closers: ((reason: GridError) => void)[] = [];

  constructor(peer: PeerId) {
    this.peer = peer;
  }

  hear(frame: Uint8Array): void {
    if (!this.closedBy) this.#listener?.('control', frame);
  }

  send(_lane: Lane, message: Uint8Array): void {
    this.said.push(message);
  }

  queuedBytes(): number {
    return 0;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void {
    this.#listener = listener;
  }

  onClose(listener: (reason: GridError) => void): void {
    this.#closers.push(listener);
  }

  close(reason = { code: 'closed' } as GridError): void {
    if (this.closedBy) return;
    this.closedBy = reason;
    for (const closer of this.#closers) closer(reason);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const FRAMES_PER_LINK = 40;
const KEYS = 32;
const HOUR_MS = 3_600_000;

type Role = 'guest' | 'volunteer' | 'submitter';

/** The real host, which strangers of one role say all kinds of things to. */
class HostTarget implements Target {
  readonly name: string;
  readonly isHandler = true;
  readonly #role: Role;
  readonly #identities = Array.from({ length: KEYS }, () => identityOf(newKeyPair()));
  readonly #host: CoordinatorHost;
  #now = 1_000_000;
  #link: FuzzLink | undefined;
  #frames = 0;
  #links = 0;

  constructor(role: Role) {
    this.name = `what a ${role} says`;
    this.#role = role;
    this.#host = new CoordinatorHost({
      ...{ grid: 'fuzz', version: 'fuzz', epoch: 1, seed: 1 },
      ...{
        blobs: new CountedBlobs(new MemoryBlobs()),
        journal: new MemoryJournal(),
        keyValue: new MemoryKeyValue(),
      },
      clock: () => this.#now,
      authorise: (token) => (token === 'user' ? { scope: 'submit', owner: 'user' } : undefined),
      note: () => {},
    });
  }

  async feed(prng: Prng): Promise<void> {
    const link = await this.#current(prng);
    this.#frames += 1;
    this.#now += 1;
    const schema = this.#role === 'volunteer' ? volunteerMessageSchema : submitterMessageSchema;
    link.hear(prng.chance(0.1) ? noise(prng, prng.int(100)) : frameOf(schema, prng));
  }

  /** The host is sound, has told each offender a code, and takes the next that comes. */
  async end(): Promise<void> {
    this.#link?.close();
    await this.#host.settled();
    this.#host.machine.check();
    const fresh = new FuzzLink('fresh' as PeerId);
    this.#host.accept(fresh);
    await turn();
    fresh.hear(encodeFrame([{ type: 'attach', token: 'user', agent: 'fuzz' } as { type: string }]));
    await this.#host.settled();
    await turn();
    const words = fresh.said.flatMap(
      (frame) => decodeFrame(frame, anySchema) as { type: string }[],
    );
    if (!words.some(({ type }) => type === 'attached')) throw new Error('nobody is taken any more');
    fresh.close();
    await this.#host.close();
  }

  async #current(prng: Prng): Promise<FuzzLink> {
    const isOver = this.#link?.closedBy !== undefined || this.#frames >= FRAMES_PER_LINK;
    if (this.#link && !isOver) return this.#link;
    this.#link?.close();
    // Who was shut out for what it said comes back.
    this.#now += HOUR_MS;
    this.#frames = 0;
    this.#links += 1;
    const link = new FuzzLink(`fuzz-${this.#links}` as PeerId);
    this.#link = link;
    this.#host.accept(link);
    await turn();
    this.#introduce(link, prng);
    await turn();
    return link;
  }

  #introduce(link: FuzzLink, prng: Prng): void {
    if (this.#role === 'submitter') {
      link.hear(
        encodeFrame([{ type: 'attach', token: 'user', agent: 'fuzz' } as { type: string }]),
      );
    }
    if (this.#role !== 'volunteer') return;
    const identity = prng.pick(this.#identities);
    const nonce = this.#nonceOf(link);
    if (!identity || !nonce) return;
    const { peer, publicKey } = identity;
    const signature = identity.sign(helloBytes(nonce, peer));
    const join = { type: 'join', publicKey, signature, peer, workers: 1, agent: 'fuzz' };
    link.hear(encodeFrame([join]));
  }

  #nonceOf(link: FuzzLink): Uint8Array | undefined {
    const [first] = link.said;
    if (!first) return undefined;
    const [challenge] = decodeFrame(first, coordinatorMessageSchema) as { nonce?: Uint8Array }[];
    return challenge?.nonce;
  }
}

const anySchema = z.union([toSubmitterMessageSchema, coordinatorMessageSchema]);

export function handlers(): Target[] {
  return (['guest', 'volunteer', 'submitter'] as const).map((role) => new HostTarget(role));
}
