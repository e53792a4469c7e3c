import {
  assert,
  type LeaseId,
  LIMITS,
  type PeerId,
  type SessionId,
  type ShardId,
  type VolunteerId,
} from '@manytabs/protocol';
import type { Standing } from '../validation/standing.ts';
import type { Due } from './deadlines.ts';
import type { Job } from './job.ts';
import type { Lease } from './lease-table.ts';

/** Who donates, over all its visits. */
export interface Identity {
  readonly id: VolunteerId;
  connected: Volunteer | undefined;
  tasks: number;
  valid: number;
  invalid: number;
  errors: number;
  busyMs: number;
  isQuarantined: boolean;
  /** When it was found wrong too often, and until when that lasts. */
  quarantinedAt: number | undefined;
  quarantinedUntil: number | undefined;
  /** How many of its results had been checked at each of the newest that were wrong. */
  faultsAt: readonly number[];
  /** When a result of it was last found wrong. */
  faultAt: number;
  /** By module; the oldest are forgotten. */
  readonly standings: Map<ShardId, Standing>;
  /** Checked results of all modules since the last that was wrong. */
  confirmed: number;
  /** Whose word decides: for every job, or those of one submitter. */
  isTrusted: boolean;
  owner: string | undefined;
  network: string | undefined;
  site: string | undefined;
  engine: string | undefined;
  /** Votes of its own in open spans; it is not forgotten while there are any. */
  openVotes: number;
}

/** What is known of one job on one volunteer. */
export interface Slot {
  /** It was sent the job. */
  isTold: boolean;
  isRefused: boolean;
  /** Of its last bundle. */
  chunk: ShardId | undefined;
  msPerTask: number | undefined;
  provenTasks: number;
}

export interface Arrival {
  readonly session: SessionId;
  readonly peer: PeerId;
  readonly workers: number;
  readonly memoryMB?: number | undefined;
  readonly agent: string;
  readonly road: string;
  readonly trusted: boolean;
  readonly owner?: string | undefined;
  readonly network?: string | undefined;
  readonly site?: string | undefined;
  readonly engine?: string | undefined;
}

/** One link of one volunteer. */
export class Volunteer implements Due {
  readonly session: SessionId;
  readonly identity: Identity;
  readonly peer: PeerId;
  readonly agent: string;
  readonly road: string;
  readonly trusted: boolean;
  readonly joinedAt: number;
  readonly memoryMB: number;
  /** Oldest first; few, so an array is quicker than a set. */
  readonly leases: Lease[] = [];
  readonly slots = new Map<Job, Slot>();
  readonly shards = new Set<ShardId>();
  workers: number;
  heardAt: number;
  isAccepting = true;
  isSuspect = false;
  isGone = false;
  queuedMs = 0;
  /** Leases that ran out since its last result. */
  strikes = 0;
  /** Times it gave leases back since its last result. */
  returns = 0;
  /** Errors since its last result, on tasks that others computed. */
  contradicted = 0;
  benchedUntil = 0;
  /** Leases it was told are void on this link, the newest: it has dropped them, so they are not taken up again. */
  readonly voided = new Set<LeaseId>();
  /** Log lines it may still send before the next heartbeat's worth is added. */
  logCredit = LOG_LINES_MAX;
  logCreditAt: number;
  /** When it last showed a picture of its work. */
  previewAt = Number.NEGATIVE_INFINITY;
  bucket = NaN;
  /** Workers counted into the grid's total. */
  counted = 0;

  constructor(identity: Identity, arrival: Arrival, at: number) {
    this.session = arrival.session;
    this.identity = identity;
    this.peer = arrival.peer;
    this.agent = arrival.agent;
    this.road = arrival.road;
    this.trusted = arrival.trusted;
    this.memoryMB = arrival.memoryMB ?? LIMITS.TASK_MEMORY_MB_MAX;
    identity.isTrusted = arrival.trusted;
    identity.owner = arrival.owner;
    identity.network = arrival.network;
    identity.site = arrival.site;
    identity.engine = arrival.engine;
    this.workers = arrival.workers;
    this.joinedAt = at;
    this.heardAt = at;
    this.logCreditAt = at;
  }

  slot(job: Job): Slot {
    let slot = this.slots.get(job);
    if (slot === undefined) {
      slot = {
        isTold: false,
        isRefused: false,
        chunk: undefined,
        msPerTask: undefined,
        provenTasks: 0,
      };
      this.slots.set(job, slot);
    }
    return slot;
  }

  forgo(lease: LeaseId): void {
    this.voided.add(lease);
    if (this.voided.size <= VOIDED_MAX) return;
    for (const oldest of this.voided) return void this.voided.delete(oldest);
  }

  /** Remembers that the volunteer has the shard; the oldest are forgotten, which costs at most a second copy sent. */
  hold(shard: ShardId): void {
    this.shards.delete(shard);
    this.shards.add(shard);
    if (this.shards.size <= SHARDS_REMEMBERED_MAX) return;
    for (const oldest of this.shards) return void this.shards.delete(oldest);
  }
}

export const LOG_LINES_MAX = 200;
const VOIDED_MAX = 1_024;
const SHARDS_REMEMBERED_MAX = 4 * LIMITS.HELD_SHARDS_PER_REPORT_MAX;

/** Links by session, identities by id. */
export class VolunteerTable {
  readonly #sessions = new Map<SessionId, Volunteer>();
  readonly #identities = new Map<VolunteerId, Identity>();
  readonly #identitiesMax: number;

  constructor(identitiesMax: number) {
    this.#identitiesMax = identitiesMax;
  }

  get size(): number {
    return this.#sessions.size;
  }

  all(): Iterable<Volunteer> {
    return this.#sessions.values();
  }

  at(session: SessionId): Volunteer | undefined {
    return this.#sessions.get(session);
  }

  /** Everybody who is remembered, here or not. */
  identities(): Iterable<Identity> {
    return this.#identities.values();
  }

  identity(id: VolunteerId): Identity {
    const known = this.#identities.get(id);
    if (known) return known;
    this.#forgetOne();
    const identity: Identity = {
      id,
      connected: undefined,
      tasks: 0,
      valid: 0,
      invalid: 0,
      errors: 0,
      busyMs: 0,
      isQuarantined: false,
      quarantinedAt: undefined,
      quarantinedUntil: undefined,
      faultsAt: [],
      faultAt: Number.NEGATIVE_INFINITY,
      standings: new Map(),
      confirmed: 0,
      isTrusted: false,
      owner: undefined,
      network: undefined,
      site: undefined,
      engine: undefined,
      openVotes: 0,
    };
    this.#identities.set(id, identity);
    return identity;
  }

  add(volunteer: Volunteer): void {
    assert(!this.#sessions.has(volunteer.session), 'a session number is used once');
    assert(volunteer.identity.connected === undefined, 'an identity has one link');
    volunteer.identity.connected = volunteer;
    this.#sessions.set(volunteer.session, volunteer);
  }

  remove(volunteer: Volunteer): void {
    assert(this.#sessions.delete(volunteer.session), 'a volunteer leaves once');
    volunteer.identity.connected = undefined;
  }

  /** Makes room by forgetting somebody who is away, has no open vote and no bad name; else the oldest who is away. */
  #forgetOne(): void {
    if (this.#identities.size < this.#identitiesMax) return;
    let forgotten: Identity | undefined;
    for (const identity of this.#identities.values()) {
      if (!isAway(identity)) continue;
      forgotten ??= identity;
      if (identity.isQuarantined) continue;
      forgotten = identity;
      break;
    }
    if (forgotten) this.#identities.delete(forgotten.id);
  }
}

function isAway(identity: Identity): boolean {
  return !identity.connected && identity.openVotes === 0;
}
