// Credibility of groups of equal results (Sarmenta, FGCS 18, 2002), with the errors of each volunteer as its own.

const ERROR_CHANCE_MAX = 0.5;

/** The chance that a volunteer's next result is wrong: `checked` of its results were right, `faults` lately were not. */
export function errorChance(
  record: { readonly checked: number; readonly faults: number },
  prior: number,
): number {
  const start = Math.min(ERROR_CHANCE_MAX, prior * (1 + record.faults));
  return start / Math.max(1, record.checked);
}

/**
 * For each group of equal results the chance that it is the right one. A group is the error chances of its members;
 * that no group is right is a case too.
 */
export function credibility(groups: readonly (readonly number[])[]): number[] {
  const wrong = groups.map((group) => group.reduce((product, p) => product * p, 1));
  const right = groups.map((group) => group.reduce((product, p) => product * (1 - p), 1));
  const only = groups.map((_, i) =>
    wrong.reduce(
      (product, chance, j) => (i === j ? product : product * chance),
      right[i] as number,
    ),
  );
  const none = wrong.reduce((product, chance) => product * chance, 1);
  const total = only.reduce((sum, chance) => sum + chance, none);
  return only.map((chance) => (total === 0 ? 0 : chance / total));
}

const ANCHOR_AT_MIN = 3;
const ANCHOR_AT_MAX = 10;
const ANCHOR_PERCENTILE = 0.7;

/** Checked results from which on a volunteer may anchor a group, among those who are connected. */
export function anchorAt(checked: readonly number[]): number {
  if (checked.length === 0) return ANCHOR_AT_MIN;
  const sorted = [...checked].sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ANCHOR_PERCENTILE))];
  return Math.min(ANCHOR_AT_MAX, Math.max(ANCHOR_AT_MIN, at as number));
}

const PRIOR_START = 0.05;
const PRIOR_MARGIN = 0.01;
const PRIOR_MIN = 0.02;
const PRIOR_MAX = 0.2;
/** Checked results after which the share of wrong ones has mostly forgotten what was before. */
const MEMORY = 500;
const ALARM_MEMORY = 200;
const KNOWN_MEMORY = 2_000;
/** Honest machines err too (Kondo et al., Euro-Par 2007); how often is learned. */
const KNOWN_SHARE_START = 0.001;
/** Checked results from which on a volunteer is known. */
export const KNOWN_AT = 10;

/** How often volunteers nobody knows are wrong, learned from what was checked. */
export class ErrorPrior {
  #share = PRIOR_START - PRIOR_MARGIN;
  #knownShare = KNOWN_SHARE_START;
  #alarm = KNOWN_SHARE_START;

  get value(): number {
    return Math.min(PRIOR_MAX, Math.max(PRIOR_MIN, this.#share + PRIOR_MARGIN));
  }

  /** How often volunteers are wrong that are known, by accident. */
  get known(): number {
    return this.#knownShare;
  }

  /** The same just now: some may have waited to be known. */
  get alarm(): number {
    return this.#alarm;
  }

  /** So many results were checked, all of them right or all of them wrong. */
  learn(results: number, areWrong: boolean, isKnown: boolean): void {
    this.#share = blend(this.#share, results / MEMORY, areWrong);
    if (!isKnown) return;
    this.#knownShare = blend(this.#knownShare, results / KNOWN_MEMORY, areWrong);
    this.#alarm = blend(this.#alarm, results / ALARM_MEMORY, areWrong);
  }
}

/** An average that forgets; `weight` is that of the news against its memory. */
function blend(share: number, weight: number, areWrong: boolean): number {
  const kept = Math.exp(-weight);
  return share * kept + (areWrong ? 1 - kept : 0);
}
