import { LIMITS, type VolunteerId } from '@manytabs/protocol';

const IDENTITIES_MAX = 20_000;
/** What is assumed of a volunteer that nothing is known of. */
const PRIOR_MS = 10 * 60_000;
const BURDEN_MAX = 4;

interface Record {
  joinedAt: number;
  tabs: number;
  upMs: number;
  departures: number;
}

/** Of visits that ended: so many count, older ones less and less. */
const VISITS_COUNTED = 200;
/** A copy that is lost is made again within this. */
const REPAIR_MS = 30_000;
/** How likely a shard may lose all its copies before one is made again. */
const LOSS_MAX = 1e-6;

/** How long each volunteer tends to stay, measured. */
export class Uptimes {
  readonly #records = new Map<VolunteerId, Record>();
  /** Sums over visits that ended, both of them fading. */
  #visits = 1;
  #visitsMs = PRIOR_MS;

  /** Returns what a shard weighs on it: 1 for one that stays ten minutes or longer, more the sooner it leaves. */
  onJoined(volunteer: VolunteerId, at: number): number {
    const record = this.#touch(volunteer, at);
    if (record.tabs++ === 0) record.joinedAt = at;
    const visitMs = (record.upMs + PRIOR_MS) / (record.departures + 1);
    return Math.min(BURDEN_MAX, Math.max(1, PRIOR_MS / visitMs));
  }

  onLeft(volunteer: VolunteerId, at: number): void {
    const record = this.#records.get(volunteer);
    if (!record || --record.tabs > 0) return;
    const visitMs = Math.max(0, at - record.joinedAt);
    record.upMs += visitMs;
    record.departures++;
    const fade = 1 - 1 / VISITS_COUNTED;
    this.#visits = this.#visits * fade + 1;
    this.#visitsMs = this.#visitsMs * fade + visitMs;
  }

  /**
   * Copies with which a shard is lost once in a million repairs, if visits end at random as they did of late: each holder
   * is gone before the repair with q = 1 - exp(-repair / visit), and all of them with q to the number of copies.
   */
  advisedCopies(): number {
    const meanMs = Math.max(1, this.#visitsMs / this.#visits);
    const gone = Math.min(0.999, -Math.expm1(-REPAIR_MS / meanMs));
    const copies = Math.ceil(Math.log(LOSS_MAX) / Math.log(gone));
    return Math.min(LIMITS.FILE_REPLICAS_MAX, Math.max(2, copies));
  }

  #touch(volunteer: VolunteerId, at: number): Record {
    const known = this.#records.get(volunteer);
    if (known) return known;
    if (this.#records.size >= IDENTITIES_MAX) this.#forgetOne();
    const record = { joinedAt: at, tabs: 0, upMs: 0, departures: 0 };
    this.#records.set(volunteer, record);
    return record;
  }

  #forgetOne(): void {
    for (const [volunteer, { tabs }] of this.#records) {
      if (tabs === 0) return void this.#records.delete(volunteer);
    }
  }
}
