import type { VolunteerId } from '@manytabs/protocol';

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

/** How long each volunteer tends to stay, measured. */
export class Uptimes {
  readonly #records = new Map<VolunteerId, Record>();

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
    record.upMs += Math.max(0, at - record.joinedAt);
    record.departures++;
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
