/** One line of the table: a figure, what it should be, and what it was measured beside. */
export interface Row {
  readonly figure: string;
  /** Undefined where it could not be measured; the note says why. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly target?: { readonly atLeast: number } | { readonly atMost: number } | undefined;
  /** A peer measured in the same run, alternating. */
  readonly beside?: { readonly name: string; readonly value: number } | undefined;
  readonly samples?: readonly number[] | undefined;
  readonly note?: string | undefined;
}

export type Verdict = 'met' | 'short' | '';

export function verdictOf({ value, target }: Row): Verdict {
  if (target === undefined || value === undefined) return '';
  const isMet = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
  return isMet ? 'met' : 'short';
}

/** How much of the target is missing, in percent of it. */
export function shortfallOf({ value, target }: Row): number {
  if (value === undefined || target === undefined) return 0;
  const wanted = 'atLeast' in target ? target.atLeast : target.atMost;
  return Math.abs(1 - value / wanted) * 100;
}
