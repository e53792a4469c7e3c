import type { TaskSpace } from './space/api.ts';

/** What a task sees of the grid. The same for every execution of the task, wherever and how often it runs. */
export interface TaskContext<Args = unknown> {
  /** The task's number in the job. */
  readonly index: number;
  /** Equal for every execution of this task. */
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly args: Args;
  /** In [0, 1), seeded. */
  random(): number;
  progress(fraction: number, note?: string): void;
  log(...values: unknown[]): void;
  /** A picture of the work so far, for the volunteer to look at, and the submitter (`previews`). */
  preview(image: { width: number; height: number; rgba: Uint8Array }): void;
  /**
   * Keeps a state of at most 32 KiB, twice a second at most, for this task to go on from if its tab goes away. Where
   * results are compared, only whoever made it goes on from it, or anybody where that was a trusted volunteer.
   */
  checkpoint(state: unknown): void;
  /** What the task kept last, of an execution that came to no end; undefined where it begins. */
  restore<State = unknown>(): State | undefined;
  /** Files of the job, and of the grid where the input names one; `write` leaves files behind under `/jobs/ID/out/`. */
  readonly files: {
    read(path: string): Promise<Uint8Array>;
    open(path: string): { read(offset: number, length: number): Promise<Uint8Array> };
    write(path: string, bytes: Uint8Array | string): Promise<void>;
  };
  /** What tasks of a job with a `space` share; else all of it fails with `space-refused`. One computed again asks again. */
  readonly space: TaskSpace;
}
