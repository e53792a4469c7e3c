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
  type VolunteerId,
  type VolunteerMessage,
  volunteerMessageSchema,
} from '@manytabs/protocol';
import type { Admission } from '../access/admission.ts';
import type { FloodGate } from '../link/flood-gate.ts';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { networkOf } from './network-of.ts';

/** A volunteer whose introduction was believed. */
export interface Arrival {
  readonly join: Extract<VolunteerMessage, { type: 'join' }>;
  readonly volunteer: VolunteerId;
  readonly admission: Admission;
  /** Counts what comes in. */
  readonly gate: FloodGate;
}

/** A result or an error, progress, and log lines, which the sandbox bounds. */
const ANSWERS_PER_TASK = 4;
/** Shards that one volunteer may wait for. */
/** What is answered with one message. */
const ASKS: ReadonlySet<CoordinatorMessage['type']> = new Set(['fetch', 'challenge-shard']);
const FETCHES_MAX = 4_096;

/** A volunteer that proved its identity; its frames become events of the machine. */
export class VolunteerSession {
  readonly session: SessionId;
  readonly peer: PeerId;
  /** Id of the token it was let in with. */
  readonly token: string | undefined;
  readonly volunteer: VolunteerId;
  readonly #host: CoordinatorHost;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #gate: FloodGate;
  #heardAt: number;
  #fetches = 0;
  #fetchLine: Promise<void> = Promise.resolve();

  constructor(host: CoordinatorHost, link: Link, outbox: Outbox, arrival: Arrival) {
    const { join, volunteer, admission, gate } = arrival;
    this.#host = host;
    this.#link = link;
    this.#outbox = outbox;
    this.#gate = gate;
    this.peer = join.peer;
    this.token = admission.token;
    this.volunteer = volunteer;
    this.#heardAt = host.now();
    this.session = host.nextSession();
    host.volunteers.set(this.session, this);
    link.onClose((reason) => host.onLinkLost(this.session, reason));
    const { session } = this;
    const heartbeatMs = LIMITS.HEARTBEAT_MS;
    outbox.push({ type: 'welcome', session, volunteer, heartbeatMs });
    host.step({
      type: 'volunteer-joined',
      at: host.now(),
      session,
      volunteer,
      peer: join.peer,
      workers: join.workers,
      agent: join.agent,
      road: link.road,
      trusted: admission.trusted,
      site: admission.site,
      network: host.options.isOneVotePerNetwork === false ? undefined : networkOf(link.address),
      // Where the road tells no address, a site has one vote.
      visit: link.address === undefined ? admission.site : undefined,
    });
  }

  send(message: CoordinatorMessage | Promise<CoordinatorMessage>): void {
    if (!(message instanceof Promise) && message.type === 'assign') {
      this.#gate.earn(ANSWERS_PER_TASK * (message.to - message.from));
    }
    if (!(message instanceof Promise) && ASKS.has(message.type)) this.#gate.earn(1);
    this.#outbox.push(message);
  }

  end(code: ErrorCode, message: string): void {
    this.#host.doors.refused(code, { identity: this.volunteer, address: this.#link.address });
    this.#outbox.push({ type: 'reject', code, message });
    this.#host.volunteers.delete(this.session);
    setTimeout(() => this.#link.close(new GridError(code, message)), 0);
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
    const host = this.#host;
    if (!host.volunteers.has(this.session)) return;
    switch (message.type) {
      case 'fetch':
        return this.#serveShard(message.shard);
      case 'shard':
      case 'shard-absent':
      case 'shard-proof':
        return host.files.shelf.relay.onAnswer(this.session, message);
      case 'goodbye':
        return this.#leave(message.reason);
      case 'join':
        throw new GridError('frame-unexpected', 'This link has joined already.');
      default:
        host.step({ type: 'message-received', at: host.now(), session: this.session, message });
        if (message.type === 'held') host.files.onHeld(this.session, message.added);
    }
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
      if (own.type === 'shard') this.#endFetch(own);
      else void this.#serveFromOthers(shard);
    });
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
