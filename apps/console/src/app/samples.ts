import type { GridApi, JobHandle } from 'manytabs';

/** A job one click away, as the console shows it. */
export interface ConsoleSample {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Address of a picture of its output. */
  readonly picture: string;
  /** The job comes inside an object, since a promise of a Job would wait for all its values. */
  start(grid: GridApi): Promise<{ readonly job: JobHandle<unknown> }>;
}

export type LoadSamples = () => Promise<readonly ConsoleSample[]>;
