import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  decodeFrame,
  GridError,
  helloBytes,
  type Lane,
  LIMITS,
  type Link,
  type Road,
  type Transport,
  toGridError,
  type VolunteerMessage,
} from '@manytabs/protocol';
import type { GridTrust } from '../identity/grid-trust.ts';
import type { Identity } from '../identity/identity.ts';
import type { Alternatives } from '../link/alternatives.ts';
import { Outbox } from '../link/outbox.ts';
import { ReconnectingLink } from '../link/reconnecting-link.ts';
import { engineName } from './engine-name.ts';

export type GridMessage = Exclude<
  CoordinatorMessage,
  { type: 'challenge' | 'welcome' | 'servers' }
>;

export interface LineUser {
  /** Welcomed: what is sent from here on arrives in order after the join. */
  onUp(road: Road, grid: string): void;
  onMessage(message: GridMessage): void;
  onDown(reason: GridError): void;
  onFatal(reason: GridError): void;
}

export interface LineOptions {
  readonly transports: readonly Transport[];
  /** The other servers of the grid, once it has named them. */
  readonly alternatives?: Alternatives | undefined;
  readonly identity: Identity;
  readonly trust: GridTrust;
  readonly token: string | undefined;
  readonly trusted?: boolean | undefined;
  readonly site?: string | undefined;
  readonly siteOrigin?: string | undefined;
  readonly agent: string;
  readonly workers: () => number;
  readonly memoryMB?: number | undefined;
}

/** The volunteer's side of the conversation with the coordinator: joins on every new link, then passes messages. */
export class CoordinatorLine {
  readonly #options: LineOptions;
  readonly #user: LineUser;
  readonly #link: ReconnectingLink;
  #outbox: Outbox | undefined;
  #current: Link | undefined;
  #accepted: () => void = () => {};
  #grid = '';
  #nonce = new Uint8Array();
  #up = false;

  constructor(options: LineOptions, user: LineUser) {
    this.#options = options;
    this.#user = user;
    this.#link = new ReconnectingLink(options.transports, {
      onLink: (link, accepted) => this.#onLink(link, accepted),
      onFrame: (lane, frame) => this.#onFrame(lane, frame),
      onDown: (reason) => this.#onDown(reason),
      onFatal: (reason) => user.onFatal(reason),
    });
  }

  start(): void {
    this.#link.start();
  }

  /** Dropped while the line is down: the machine repeats what matters when it is up again. */
  send(message: VolunteerMessage): void {
    if (this.#up) this.#outbox?.push(message);
  }

  /**
   * The coordinator is most likely gone. A link that was made new for nothing costs a moment, as leases outlive it; one
   * that is dead and waited for costs ten seconds.
   */
  onPresenceLost(): void {
    if (this.#current?.road !== 'webrtc') return;
    this.#link.fail(new GridError('connection-lost', 'The coordinator is away.'));
  }

  close(): void {
    this.#up = false;
    // What the last turn said still leaves.
    setTimeout(() => this.#link.close(), 20);
  }

  /** As a tab that dies: nobody is told. */
  cut(): void {
    this.#up = false;
    this.#link.close();
  }

  #onLink(link: Link, accepted: () => void): void {
    this.#current = link;
    this.#accepted = accepted;
    this.#outbox = new Outbox(link);
  }

  #onDown(reason: GridError): void {
    this.#up = false;
    this.#outbox = undefined;
    this.#user.onDown(reason);
  }

  #onFrame(lane: Lane, frame: Uint8Array): void {
    const bytesMax = lane === 'control' ? LIMITS.CONTROL_BYTES_MAX : LIMITS.BULK_BYTES_MAX;
    try {
      const messages = decodeFrame<CoordinatorMessage>(frame, coordinatorMessageSchema, bytesMax);
      for (const message of messages) this.#onMessage(message);
    } catch (thrown) {
      this.#link.fail(toGridError(thrown, 'frame-malformed'));
    }
  }

  #onMessage(message: CoordinatorMessage): void {
    switch (message.type) {
      case 'challenge':
        this.#options.trust.meet(message.key);
        this.#grid = message.grid;
        this.#nonce = new Uint8Array(message.nonce);
        return void this.#join();
      case 'welcome':
        this.#checkWelcome(message.signature);
        void this.#learn(message.servers);
        this.#up = true;
        this.#accepted();
        return this.#user.onUp(this.#current?.road ?? 'memory', this.#grid);
      case 'servers':
        return void this.#learn(message.servers);
      case 'reject':
        if (message.code !== 'lease-stale') {
          return this.#link.fail(new GridError(message.code, message.message));
        }
        return this.#user.onMessage(message);
      case 'job':
        this.#options.trust.checkJob(message);
        return this.#user.onMessage(message);
      default:
        return this.#user.onMessage(message);
    }
  }

  #checkWelcome(signature: Uint8Array | undefined): void {
    const { trust, identity } = this.#options;
    const said = { nonce: this.#nonce, binding: this.#current?.binding, signature };
    trust.welcomed({ ...said, volunteer: identity.volunteer });
  }

  async #learn(servers: readonly string[] = []): Promise<void> {
    this.#link.offer((await this.#options.alternatives?.learn(servers)) ?? []);
  }

  async #join(): Promise<void> {
    const link = this.#current;
    const outbox = this.#outbox;
    const { identity, agent, workers, memoryMB } = this.#options;
    const { token, trusted, site, siteOrigin } = this.#options;
    const { peer, publicKey } = identity;
    const signature = await identity.sign(helloBytes(this.#nonce, peer, link?.binding));
    const terms = { token, trusted, site, siteOrigin };
    const engine = engineName();
    const self = { publicKey, signature, peer, agent, engine, workers: workers(), memoryMB };
    outbox?.push({ type: 'join', ...self, ...terms });
  }
}
