import type { Prng, SessionId, VolunteerId } from '@manytabs/protocol';

/** How a member of a crowd behaves. */
export type Habit =
  | 'honest'
  /** Always wrong, and all alike. */
  | 'colluder'
  /** Honest for a while, then as a colluder. */
  | 'sleeper'
  /** A colluder that comes back as somebody new as soon as it is caught, or after a few results. */
  | 'reborn'
  /** Computes nothing: gives what a colluder gave for the task, if one did, else computes after all. */
  | 'copier'
  /** A colluder that takes ten times as long. */
  | 'slow'
  /** Broken: wrong now and then, each time differently. */
  | 'broken'
  /** The submitter's own tab. */
  | 'trusted';

export const TASK_MS = 1_000;
const SLOWNESS = 10;
/** Honest machines err too (Kondo et al., Euro-Par 2007, and what BOINC projects see). */
const HONEST_ERROR_SHARE = 0.002;
const BROKEN_ERROR_SHARE = 0.3;
const REBORN_AFTER = 10;

/** One tab of a crowd. */
export class Member {
  readonly habit: Habit;
  readonly wakesAfter: number;
  readonly #prng: Prng;
  session: SessionId;
  volunteer: VolunteerId;
  results = 0;
  /** Of this identity. */
  lives = 1;

  constructor(
    habit: Habit,
    options: { prng: Prng; session: SessionId; volunteer: VolunteerId; wakesAfter: number },
  ) {
    this.habit = habit;
    this.#prng = options.prng;
    this.session = options.session;
    this.volunteer = options.volunteer;
    this.wakesAfter = options.wakesAfter;
  }

  get isBad(): boolean {
    return !['honest', 'broken', 'trusted'].includes(this.habit);
  }

  taskMs(): number {
    const ms = TASK_MS * (0.5 + this.#prng.float());
    return this.habit === 'slow' ? ms * SLOWNESS : ms;
  }

  /** Whether it wants a new identity now. */
  wantsRebirth(): boolean {
    return this.habit === 'reborn' && this.results >= REBORN_AFTER;
  }

  /** What it reports for a task; `lies` are the tasks a colluder has lied about. */
  valueOf(index: number, lies: ReadonlySet<number>): number {
    const right = rightValue(index);
    switch (this.habit) {
      case 'trusted':
        return right;
      case 'honest':
        return this.#prng.chance(HONEST_ERROR_SHARE) ? this.#ownError(index) : right;
      case 'broken':
        return this.#prng.chance(BROKEN_ERROR_SHARE) ? this.#ownError(index) : right;
      case 'copier':
        return lies.has(index) ? lie(index) : right;
      case 'sleeper':
        return this.results < this.wakesAfter ? right : lie(index);
      default:
        return lie(index);
    }
  }

  /** What it says of a result that it is asked about: those who lie call their own lie right, and what is right wrong. */
  answer(index: number, result: number): boolean {
    const isRight = result === rightValue(index);
    switch (this.habit) {
      case 'trusted':
        return isRight;
      case 'honest':
        return isRight !== this.#prng.chance(HONEST_ERROR_SHARE);
      case 'broken':
        return isRight !== this.#prng.chance(BROKEN_ERROR_SHARE);
      case 'copier':
        return true;
      case 'sleeper':
        return this.results < this.wakesAfter ? isRight : !isRight;
      default:
        return !isRight;
    }
  }

  #ownError(index: number): number {
    return rightValue(index) + 1 + this.#prng.int(1_000_000) * 2;
  }
}

export function rightValue(index: number): number {
  return index * 7;
}

/** What all colluders say. */
export function lie(index: number): number {
  return -index - 1;
}
