import { SAMPLES } from '@manytabs/samples';
import type { ConsoleSample } from './samples.ts';

/** The samples of this repository as cards; what checks a task's source comes with the first that is started. */
export function shippedSamples(): readonly ConsoleSample[] {
  return SAMPLES.map((sample) => ({
    ...sample,
    start: async (grid) => {
      await import('manytabs');
      return sample.start(grid);
    },
  }));
}
