import type { DonationView } from 'manytabs/volunteer';

// Loaded with Start: before it, the page asks for nothing.

const ASK_MS = 15_000;
const ANSWER_MS = 5_000;
const LINKLESS: ReadonlySet<string> = new Set(['unreachable', 'connection-lost', 'timeout']);

/** Whether the grid answers ordinary requests while no road for work leads to it: then something between blocks them. */
export class RoadCheck {
  readonly #onChange: () => void;
  readonly #answers: () => Promise<boolean>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isBlocked = false;

  constructor(onChange: () => void, answers = gridAnswers) {
    this.#onChange = onChange;
    this.#answers = answers;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  look({ state, problem }: Pick<DonationView, 'state' | 'problem'>, now = performance.now()): void {
    const isCalling = state === 'connecting' && LINKLESS.has(problem?.code ?? '');
    if (!isCalling) this.#isBlocked = false;
    if (!isCalling || now - this.#askedAt < ASK_MS) return;
    this.#askedAt = now;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const isBlocked = await this.#answers();
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#onChange();
  }
}

async function gridAnswers(): Promise<boolean> {
  try {
    const url = new URL('health/live', location.href);
    const signal = AbortSignal.timeout(ANSWER_MS);
    return (await fetch(url, { cache: 'no-store', signal })).ok;
  } catch {
    return false;
  }
}
