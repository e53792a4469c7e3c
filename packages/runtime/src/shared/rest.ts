import { BOUNDS } from './bounds.ts';

/** How long to rest after so much work, so that work is `duty` of all time. */
export function restMs(workedMs: number, duty: number): number {
  return duty >= 1 ? 0 : Math.min(BOUNDS.REST_MS_MAX, (workedMs * (1 - duty)) / duty);
}
