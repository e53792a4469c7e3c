import { GridError } from '@manytabs/protocol';

export interface CoolOffRule {
  /** Offences that are let pass before the door is shut. */
  readonly allowed: number;
  /** After so long without one, an offence is forgotten. */
  readonly forgetMs: number;
  /** How long the door stays shut first; twice as long each time after. */
  readonly shutMs: number;
  readonly shutMsMax: number;
}

/** One identity, which is one tab or one token. */
export const IDENTITY_RULE: CoolOffRule = {
  allowed: 3,
  forgetMs: 600_000,
  shutMs: 30_000,
  shutMsMax: 3_600_000,
};

/** A network may be a school: it takes many offences, and its members that are known are let in all the same. */
export const NETWORK_RULE: CoolOffRule = {
  allowed: 200,
  forgetMs: 60_000,
  shutMs: 30_000,
  shutMsMax: 600_000,
};

interface Record {
  offences: number;
  times: number;
  offendedAt: number;
  shutUntil: number;
}

const KEYS_MAX = 20_000;

/** Remembers who broke the rules, and for how long they stay out. The oldest are forgotten first. */
export class CoolOff {
  readonly #records = new Map<string, Record>();

  /** @returns for how many ms the door is shut now; 0 while it is open */
  offend(key: string, rule: CoolOffRule, now: number): number {
    // Whoever knocks at a shut door is refused, which is no offence of its own.
    if (this.left(key, now) > 0) return this.left(key, now);
    const record = this.#fresh(key, rule, now);
    record.offences += 1;
    record.offendedAt = now;
    if (record.offences <= rule.allowed) return 0;
    const shutMs = Math.min(rule.shutMsMax, rule.shutMs * 2 ** Math.min(20, record.times));
    record.times += 1;
    record.offences = 0;
    record.shutUntil = now + shutMs;
    return shutMs;
  }

  left(key: string, now: number): number {
    return Math.max(0, (this.#records.get(key)?.shutUntil ?? 0) - now);
  }

  /** @throws {GridError} `rate-limited` while the door is shut for it */
  check(key: string | undefined, now: number): void {
    const left = key === undefined ? 0 : this.left(key, now);
    if (left === 0) return;
    const message = `It broke the rules too often: try again in ${Math.ceil(left / 1000)} s.`;
    throw new GridError('rate-limited', message);
  }

  #fresh(key: string, rule: CoolOffRule, now: number): Record {
    const known = this.#records.get(key);
    const isOver = known && known.shutUntil < now && now - known.offendedAt > rule.forgetMs;
    const record =
      known && !isOver ? known : { offences: 0, times: 0, offendedAt: now, shutUntil: 0 };
    this.#records.delete(key);
    this.#records.set(key, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > KEYS_MAX && oldest !== undefined) this.#records.delete(oldest);
    return record;
  }
}
