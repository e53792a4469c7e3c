/** What a timeline shows, in ms since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** No closer than this, which is what the clocks of the grid tell apart. */
export const WINDOW_MS_MIN = 5;

/** `factor` below 1 comes closer; what is at `anchor` stays where it is. */
export function zoomed(
  window: TimeWindow,
  factor: number,
  anchor: number,
  all: TimeWindow,
): TimeWindow {
  const length = window.to - window.from;
  const wanted = Math.max(WINDOW_MS_MIN, length * factor);
  const share = length > 0 ? (anchor - window.from) / length : 0.5;
  const from = anchor - share * wanted;
  return within({ from, to: from + wanted }, all);
}

export function panned(window: TimeWindow, ms: number, all: TimeWindow): TimeWindow {
  return within({ from: window.from + ms, to: window.to + ms }, all);
}

/** Moved, and where it is too long cut, so that nothing outside of `all` is shown. */
export function within(window: TimeWindow, all: TimeWindow): TimeWindow {
  const length = window.to - window.from;
  if (length >= all.to - all.from) return all;
  const from = Math.min(Math.max(window.from, all.from), all.to - length);
  return { from, to: from + length };
}

const STEPS = [1, 2, 5];

/** Round times, from the beginning of all on, so far apart that at most `most` are in the window. */
export function ticksOf(window: TimeWindow, start: number, most: number): readonly number[] {
  const rough = (window.to - window.from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-3)));
  const step = (STEPS.find((times) => times * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  const first = Math.ceil((window.from - start) / step);
  for (let n = first; start + n * step <= window.to && ticks.length < 64; n++) ticks.push(n * step);
  return ticks;
}
