import { assert } from '@manytabs/protocol';

/** The value below which `fraction` of the samples lie, by linear interpolation. */
export function quantile(samples: readonly number[], fraction: number): number {
  assert(samples.length > 0, 'a quantile needs samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
