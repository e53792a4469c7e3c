import { SAMPLES } from '@manytabs/samples';
import type { ConsoleSample } from './samples.ts';

/** The samples of this repository as cards. */
export function shippedSamples(): readonly ConsoleSample[] {
  return SAMPLES;
}
