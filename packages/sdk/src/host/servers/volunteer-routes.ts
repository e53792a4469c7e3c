import { epochOfLease } from '@manytabs/kernel';
import {
  GridError,
  type Lane,
  type LeaseId,
  type SessionId,
  type ShardId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { Outbox } from '../../link/outbox.ts';
import type { Arrival } from '../volunteer-session.ts';
import type { Channel } from './channel.ts';
import type { Servers } from './servers.ts';

type Heartbeat = Extract<VolunteerMessage, { type: 'heartbeat' }>;

export interface RoutedSession {
  readonly session: SessionId;
  readonly arrival: Arrival;
  /** What another server says to the tab. */
  pass(lane: Lane, frame: Uint8Array): void;
  /** What waited for a server, and is for this one. */
  take(message: VolunteerMessage): void;
  /** The tab was asked for so many answers. */
  earn(answers: number): void;
  /** The tab is to connect again and say what it holds. */
  relink(reason: GridError): void;
}

interface Loan {
  readonly channel: Channel;
  readonly outbox: Outbox;
  /** It may get new work there. */
  isOffered: boolean;
  /** When that was last so. */
  offeredAt: number;
  /** The other server has said something: the tab may hold work of it. */
  isUsed: boolean;
}

/** Work that was given must come back: a loan outlasts the offer by the longest lease that is usual. */
const LINGER_MS = 300_000;
const WAITING_MAX = 1_024;

/**
 * One tab of this server on the other servers. A lease names the epoch that gave it, and so the server that it is of;
 * what is said under it goes there, and waits while the jobs of that server change hands.
 */
export class VolunteerRoutes {
  readonly #servers: Servers;
  readonly #session: RoutedSession;
  readonly #loans = new Map<number, Loan>();
  #waiting: VolunteerMessage[] = [];
  #heartbeat: Heartbeat | undefined;
  #isClosed = false;

  constructor(servers: Servers, session: RoutedSession) {
    this.#servers = servers;
    this.#session = session;
  }

  /** Workers that it offers to this server, if it takes work. */
  get workers(): number {
    if (!this.#heartbeat) return this.#session.arrival.workers;
    return this.#heartbeat.accepting ? this.#heartbeat.workers : 0;
  }

  /** Sends on what is for others, and gives what is for the machine here. */
  take(message: VolunteerMessage): VolunteerMessage | undefined {
    switch (message.type) {
      case 'results':
      case 'task-failed':
      case 'progress':
      case 'checkpoint':
      case 'log':
      case 'task-space':
      case 'preview':
        return this.#byLease(message.lease, message);
      case 'leases-returned':
        return this.#split(message, message.leases, (id) => id);
      case 'resume':
        return this.#split(message, message.leases, ({ lease }) => lease);
      case 'heartbeat':
        this.#heartbeat = message;
        for (const loan of this.#loans.values()) this.#tellHeartbeat(loan);
        return message;
      case 'held':
      case 'job-refused':
      case 'shard':
      case 'shard-absent':
      case 'shard-part':
      case 'shard-proof':
        for (const { outbox } of this.#loans.values()) outbox.push(message);
        return message;
      case 'locate':
        if (this.#servers.wantsShard(message.shard) || this.#loans.size === 0) return message;
        for (const { outbox } of this.#loans.values()) outbox.push(message);
        return undefined;
      default:
        return message;
    }
  }

  /** True where it is for other servers to have the shard: no job here needs it. */
  fetchElsewhere(shard: ShardId): boolean {
    if (this.#servers.wantsShard(shard) || this.#loans.size === 0) return false;
    for (const { outbox } of this.#loans.values()) outbox.push({ type: 'fetch', shard });
    return true;
  }

  /** Offers the tab to another server, or no longer. */
  offer(epoch: number, isOffered: boolean): void {
    const now = this.#servers.now();
    const loan = this.#loans.get(epoch) ?? (isOffered ? this.#lend(epoch) : undefined);
    if (!loan) return;
    if (isOffered) loan.offeredAt = now;
    if (!isOffered && now - loan.offeredAt > LINGER_MS) return loan.channel.close();
    if (loan.isOffered === isOffered) return;
    loan.isOffered = isOffered;
    this.#tellHeartbeat(loan);
  }

  /** Jobs have changed hands. */
  onChanged(): void {
    for (const message of this.#waiting.splice(0)) {
      const own = this.take(message);
      if (own) this.#session.take(own);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { channel } of [...this.#loans.values()]) channel.close();
    this.#loans.clear();
  }

  #byLease(lease: LeaseId, message: VolunteerMessage): VolunteerMessage | undefined {
    const owner = this.#servers.ownerOfEpoch(epochOfLease(lease));
    if (owner === this.#servers.epoch) return message;
    this.#send(owner, message);
    return undefined;
  }

  /** A message about leases of several servers becomes one for each. */
  #split<Claim, Message extends VolunteerMessage & { leases: Claim[] }>(
    message: Message,
    leases: readonly Claim[],
    idOf: (claim: Claim) => LeaseId,
  ): Message | undefined {
    const parts = new Map<number | undefined, Claim[]>();
    for (const claim of leases) {
      const owner = this.#servers.ownerOfEpoch(epochOfLease(idOf(claim)));
      parts.set(owner, [...(parts.get(owner) ?? []), claim]);
    }
    let own: Message | undefined;
    for (const [owner, part] of parts) {
      const piece = { ...message, leases: part };
      if (owner === this.#servers.epoch) own = piece;
      else this.#send(owner, piece);
    }
    return own;
  }

  #send(owner: number | undefined, message: VolunteerMessage): void {
    const loan = owner === undefined ? undefined : (this.#loans.get(owner) ?? this.#lend(owner));
    if (loan) return loan.outbox.push(message);
    if (this.#waiting.length >= WAITING_MAX) {
      const text = 'The server that this is for is away.';
      return this.#session.relink(new GridError('connection-lost', text));
    }
    this.#waiting.push(message);
  }

  #lend(epoch: number): Loan | undefined {
    if (this.#isClosed) return undefined;
    const { arrival } = this.#session;
    // It takes no work before a heartbeat says so.
    const channel = this.#servers.open(epoch, { role: 'volunteer', ...arrival, workers: 0 });
    if (!channel) return undefined;
    const offeredAt = this.#servers.now();
    const outbox = new Outbox(channel);
    const loan: Loan = { channel, outbox, isOffered: false, offeredAt, isUsed: false };
    this.#loans.set(epoch, loan);
    this.#tellHeartbeat(loan);
    channel.onMessage((lane, frame) => {
      loan.isUsed = true;
      this.#session.pass(lane, frame);
    });
    channel.onEarned((answers) => this.#session.earn(answers));
    channel.onClose((reason) => this.#onLost(epoch, reason));
    return loan;
  }

  #onLost(epoch: number, reason: GridError): void {
    const loan = this.#loans.get(epoch);
    this.#loans.delete(epoch);
    // Whoever has its jobs next is to hear of the leases, and only the tab knows them.
    const isLost = reason.code === 'connection-lost' && loan?.isUsed === true;
    if (isLost && !this.#isClosed) this.#session.relink(reason);
  }

  #tellHeartbeat({ outbox, isOffered }: Loan): void {
    const { workers } = this.#session.arrival;
    const last = this.#heartbeat ?? { type: 'heartbeat', workers, accepting: true, running: 0 };
    outbox.push({ ...last, accepting: last.accepting && isOffered });
  }
}
