const DAY_MS = 86_400_000;
const CHECKED_HALF_LIFE_MS = 14 * DAY_MS;
const FAULTS_HALF_LIFE_MS = 7 * DAY_MS;
const FADING_MS_MIN = 60_000;
const CHECKED_MAX = 1_000;
const FAULTS_MAX = 20;

/** What a volunteer is known for at one module. Both counts fade with time. */
export class Standing {
  /** Results that were checked and right since the last that was not. */
  #checked: number;
  #faults: number;
  #at: number;
  /** `checked` when it was last written down. */
  writtenChecked: number;

  constructor(known: { checked: number; faults: number; at: number }) {
    this.#checked = known.checked;
    this.#faults = known.faults;
    this.#at = known.at;
    this.writtenChecked = known.checked;
  }

  get at(): number {
    return this.#at;
  }

  checked(now: number): number {
    return this.#checked * faded(now - this.#at, CHECKED_HALF_LIFE_MS);
  }

  faults(now: number): number {
    return this.#faults * faded(now - this.#at, FAULTS_HALF_LIFE_MS);
  }

  confirm(results: number, now: number): void {
    this.#fade(now);
    this.#checked = Math.min(CHECKED_MAX, this.#checked + results);
  }

  /** A result was wrong: it begins anew, and worse. */
  convict(now: number): void {
    this.#fade(now);
    this.#checked = 0;
    this.#faults = Math.min(FAULTS_MAX, this.#faults + 1);
  }

  #fade(now: number): void {
    if (now < this.#at + FADING_MS_MIN) return;
    const [checked, faults] = [this.checked(now), this.faults(now)];
    this.#checked = checked;
    this.#faults = faults;
    this.#at = now;
  }
}

function faded(ms: number, halfLifeMs: number): number {
  // A minute's fading shows in the fifth digit.
  return ms < FADING_MS_MIN ? 1 : 2 ** (-ms / halfLifeMs);
}
