import type { CoordinatorEvent } from '@manytabs/kernel';
import {
  type CoordinatorMessage,
  decodeFrame,
  type ErrorCode,
  GridError,
  type Lane,
  LIMITS,
  type Link,
  type PeerId,
  type SessionId,
  type ShardId,
  toGridError,
  type VolunteerId,
  type VolunteerMessage,
  volunteerMessageSchema,
} from '@manytabs/protocol';
import type { FloodGate } from '../link/flood-gate.ts';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { VolunteerRoutes } from './servers/volunteer-routes.ts';
import { SiteWork } from './site-work.ts';

/** Counts what comes in. */
type Gate = Pick<FloodGate, 'earn'>;
type Held = Extract<VolunteerMessage, { type: 'held' }>;

/** Who has come, once that is proven. */
export interface Arrival {
  readonly volunteer: VolunteerId;
  readonly peer: PeerId;
  readonly workers: number;
  readonly memoryMB?: number | undefined;
  readonly agent: string;
  readonly engine?: string | undefined;
  readonly road: string;
  readonly trusted: boolean;
  /** Id of the token it was let in with. */
  readonly token?: string | undefined;
  /** The site that embeds its page; where it is on the network, where that tells volunteers apart. */
  readonly site?: string | undefined;
  readonly network?: string | undefined;
}

interface SessionOptions {
  readonly gate: Gate;
  /** The grid's, over the welcome. */
  readonly signature?: Uint8Array | undefined;
  readonly isLent?: boolean;
}

/** A result or an error, progress, and log lines, which the sandbox bounds. */
const ANSWERS_PER_TASK = 4;
/** Shards that one volunteer may wait for. */
/** What is answered with one message. */
const ASKS: ReadonlySet<CoordinatorMessage['type']> = new Set([
  'fetch',
  'fetch-part',
  'challenge-shard',
]);
const FETCHES_MAX = 4_096;
const NO_PART = { bytes: new Uint8Array(0), leaves: new Uint8Array(0) };

/** A volunteer that proved its identity; its frames become events of the machine. */
export class VolunteerSession {
  readonly session: SessionId;
  readonly arrival: Arrival;
  /** Of a tab of this server, where there are others; undefined for a tab that another server lends. */
  readonly routes: VolunteerRoutes | undefined;
  readonly #host: CoordinatorHost;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #gate: Gate;
  readonly #isLent: boolean;
  /** Of a tab that a site embeds. */
  readonly #given: SiteWork | undefined;
  #heardAt: number;
  #fetches = 0;
  #fetchLine: Promise<void> = Promise.resolve();
  /** While a result waits for the files it refers to. */
  #workLine: Promise<void> | undefined;

  constructor(
    host: CoordinatorHost,
    link: Link,
    outbox: Outbox,
    arrival: Arrival,
    { gate, signature, isLent = false }: SessionOptions,
  ) {
    this.#host = host;
    this.#link = link;
    this.#outbox = outbox;
    this.#gate = gate;
    this.#isLent = isLent;
    this.arrival = arrival;
    this.#heardAt = host.now();
    this.#given = isLent ? undefined : SiteWork.of(arrival, host);
    this.session = host.nextSession();
    this.routes = host.servers && !isLent ? new VolunteerRoutes(host.servers, this) : undefined;
    host.volunteers.set(this.session, this);
    link.onClose((reason) => {
      this.routes?.close();
      host.onLinkLost(this.session, reason);
    });
    if (!isLent) this.#welcome(signature);
    const { session } = this;
    const { token: _, ...who } = arrival;
    host.step({ type: 'volunteer-joined', at: host.now(), session, ...who });
  }

  get peer(): PeerId {
    return this.arrival.peer;
  }

  get volunteer(): VolunteerId {
    return this.arrival.volunteer;
  }

  get token(): string | undefined {
    return this.arrival.token;
  }

  #welcome(signature: Uint8Array | undefined): void {
    const { session } = this;
    const heartbeatMs = LIMITS.HEARTBEAT_MS;
    const servers = this.#host.servers?.urls();
    this.#outbox.push({
      type: 'welcome',
      session,
      volunteer: this.arrival.volunteer,
      heartbeatMs,
      servers,
      signature,
    });
  }

  /** What another server says to the tab. */
  pass(lane: Lane, frame: Uint8Array): void {
    this.#link.send(lane, frame);
  }

  /** Another server has asked the tab for so many answers. */
  earn(answers: number): void {
    this.#gate.earn(answers);
  }

  /** The tab is to connect again and say what it holds. */
  relink(reason: GridError): void {
    this.#host.onLinkLost(this.session, reason);
    this.#link.close(reason);
  }

  send(message: CoordinatorMessage | Promise<CoordinatorMessage>): void {
    this.#outbox.push(message instanceof Promise ? message : this.#prepare(message));
  }

  #prepare(message: CoordinatorMessage): CoordinatorMessage {
    if (message.type === 'assign') {
      this.#gate.earn(ANSWERS_PER_TASK * (message.to - message.from));
    }
    if (ASKS.has(message.type)) this.#gate.earn(1);
    return message.type === 'job' ? (this.#host.signer?.job(message) ?? message) : message;
  }

  end(code: ErrorCode, message: string): void {
    // A tab that is not wanted here may be where it is at home.
    if (!this.#isLent) {
      const { volunteer: identity } = this.arrival;
      this.#host.doors.refused(code, { identity, address: this.#link.address });
      this.#outbox.push({ type: 'reject', code, message });
    }
    this.#host.volunteers.delete(this.session);
    this.#host.timers.after(0, () => this.#link.close(new GridError(code, message)));
  }

  endUnlessHeard(since: number): void {
    if (this.#heardAt > since || !this.#host.volunteers.has(this.session)) return;
    const reason = new GridError('connection-lost', 'The tab is gone.');
    this.#host.onLinkLost(this.session, reason);
    this.#link.close(reason);
  }

  /** @throws {GridError} what the sender did wrong */
  onFrame(lane: Lane, frame: Uint8Array): number {
    this.#heardAt = this.#host.now();
    const bytesMax = lane === 'control' ? LIMITS.CONTROL_BYTES_MAX : LIMITS.BULK_BYTES_MAX;
    const messages = decodeFrame<VolunteerMessage>(frame, volunteerMessageSchema, bytesMax);
    for (const message of messages) this.#onMessage(message);
    return messages.length;
  }

  #onMessage(message: VolunteerMessage): void {
    if (!this.#host.volunteers.has(this.session)) return;
    this.#given?.onMessage(message);
    const own = this.routes ? this.routes.take(message) : message;
    if (own) this.take(own);
  }

  /** What is for the machine of this server. */
  take(message: VolunteerMessage): void {
    const host = this.#host;
    switch (message.type) {
      case 'fetch':
        return this.#serveShard(message.shard);
      case 'fetch-part':
        return void this.#servePart(message);
      case 'shard':
      case 'shard-absent':
      case 'shard-part':
      case 'shard-proof':
        return host.files.shelf.relay.onAnswer(this.session, message);
      case 'task-space':
        return void host.taskSpaces.onAsk(this.session, message);
      case 'account':
        return host.accounts.onAsk(this.session, this.volunteer, message);
      case 'goodbye':
        return this.#inLine(message, () => this.#leave(message.reason));
      case 'join':
        throw new GridError('frame-unexpected', 'This link has joined already.');
      case 'held':
        this.#step(host.servers ? this.#ofThisServer(message) : message);
        return host.files.onHeld(this.session, message.added);
      case 'locate':
        // Whoever needs it answers.
        if (this.#isLent && !host.machine.wantsShard(message.shard)) return;
        return this.#step(message);
      case 'results':
      case 'task-failed':
      case 'leases-returned':
      case 'resume':
        return this.#inLine(message, () => this.#step(message));
      default:
        return this.#step(message);
    }
  }

  /** A result that refers to files counts when they are here, and what was said after it after it. */
  #inLine(message: VolunteerMessage, take: () => void): void {
    const { outputs } = this.#host.files;
    const waits = outputs.concerns(message);
    if (!waits && !this.#workLine) return take();
    const work = waits ? () => this.#takeWithFiles(message) : async () => take();
    const line = (this.#workLine ?? Promise.resolve())
      .then(() => (this.#isHere ? work() : undefined))
      .catch((thrown) => this.#onFilesLacking(toGridError(thrown, 'shard-missing')));
    this.#workLine = line;
    void line.then(() => {
      if (this.#workLine === line) this.#workLine = undefined;
    });
  }

  async #takeWithFiles(message: Extract<VolunteerMessage, { type: 'results' }>): Promise<void> {
    const { message: ready, shards } = await this.#host.files.outputs.take(this.session, message);
    if (!this.#isHere) return;
    this.#step(ready);
    for (let at = 0; at < shards.length; at += LIMITS.HELD_SHARDS_PER_REPORT_MAX) {
      const part = shards.slice(at, at + LIMITS.HELD_SHARDS_PER_REPORT_MAX);
      this.#outbox.push({ type: 'drop-shards', shards: part });
    }
  }

  /** It is as if the result had been lost on the way. */
  #onFilesLacking(reason: GridError): void {
    if (!this.#isHere) return;
    const { message } = reason;
    this.#host.options.note('warn', `${this.volunteer} did not bring what it wrote: ${message}`);
    this.relink(reason);
  }

  get #isHere(): boolean {
    return this.#host.volunteers.has(this.session);
  }

  #step(message: Extract<CoordinatorEvent, { type: 'message-received' }>['message']): void {
    const { session } = this;
    this.#host.step({ type: 'message-received', at: this.#host.now(), session, message });
  }

  /** A shard that is not needed here may be needed on another server: nobody is to have it dropped. */
  #ofThisServer(message: Held): Held {
    const { machine } = this.#host;
    return { ...message, added: message.added.filter((shard) => machine.wantsShard(shard)) };
  }

  #leave(reason: string): void {
    this.#host.onLinkLost(this.session, new GridError('closed', reason));
    this.#link.close();
  }

  /** One after the other, as the link takes them: asking costs less than answering. */
  #serveShard(shard: ShardId): void {
    if (this.#fetches >= FETCHES_MAX) {
      throw new GridError('rate-limited', 'Too many shards are asked for at once.');
    }
    this.#fetches += 1;
    this.#fetchLine = this.#fetchLine.then(async () => {
      await this.#link.ready('bulk');
      const own = await this.#host.shardMessage(shard);
      if (own.type === 'shard') return this.#endFetch(own);
      // The server whose job it is answers the tab itself.
      if (this.routes?.fetchElsewhere(shard)) this.#fetches -= 1;
      else void this.#serveFromOthers(shard);
    });
  }

  /** Out of the coordinator's own copy: who has none says so, and the tab asks for the whole shard. */
  async #servePart({ shard, from, to }: Extract<VolunteerMessage, { type: 'fetch-part' }>) {
    const part = await this.#host.files.shelf.parts
      .part(shard, { from, to })
      .catch(() => undefined);
    const { bytes, leaves } = part ?? NO_PART;
    await this.#link.ready('bulk');
    const answer = { type: 'shard-part' as const, shard, from, to, bytes, leaves };
    if (this.#isHere) this.#outbox.push(answer);
  }

  /** From another volunteer, perhaps: whoever is next in line does not wait for that. */
  async #serveFromOthers(shard: ShardId): Promise<void> {
    const absent = { type: 'shard-absent', shard } as const;
    const message = await this.#host.anyShardMessage(shard, this.session).catch(() => absent);
    await this.#link.ready('bulk');
    this.#endFetch(message);
  }

  #endFetch(answer: CoordinatorMessage): void {
    this.#fetches -= 1;
    if (this.#host.volunteers.has(this.session)) this.#outbox.push(answer);
  }
}
