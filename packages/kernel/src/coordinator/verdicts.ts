import type { VolunteerId } from '@manytabs/protocol';
import { Ring } from './ring.ts';

const VERDICTS_MAX = 4_096;

export interface FinalVerdict {
  readonly from: number;
  readonly to: number;
  readonly voters: readonly VolunteerId[];
  readonly confidence: number | undefined;
}

/** Who made the newest results final; older ones are in the journal. */
export class Verdicts {
  readonly #ring = new Ring<FinalVerdict>(VERDICTS_MAX);

  add(verdict: FinalVerdict): void {
    this.#ring.add(verdict);
  }

  find(index: number): FinalVerdict | undefined {
    return this.#ring.toArray().find(({ from, to }) => from <= index && index < to);
  }
}
