export interface WindowRange {
  /** The first row drawn. */
  readonly from: number;
  /** The row after the last one drawn. */
  readonly to: number;
}

/** Rows drawn beyond the visible ones, each side. */
const OVERSCAN = 6;

/** Which of `count` rows of equal height are worth drawing. */
export function windowRange(options: {
  count: number;
  rowPx: number;
  scrollPx: number;
  viewPx: number;
}): WindowRange {
  const { count, rowPx, scrollPx, viewPx } = options;
  const first = Math.floor(scrollPx / rowPx) - OVERSCAN;
  const last = Math.ceil((scrollPx + viewPx) / rowPx) + OVERSCAN;
  const to = Math.min(count, Math.max(0, last));
  return { from: Math.min(Math.max(0, first), to), to };
}
