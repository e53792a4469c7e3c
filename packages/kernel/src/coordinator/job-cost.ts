import type { JobCost, JobTimes } from '@manytabs/protocol';
import { Latencies } from './latencies.ts';

/** Executions that a volunteer reported together. */
export interface Report {
  readonly tasks: number;
  readonly busyMs: number;
  /** From the assignment, or the report before, without the computing. */
  readonly waitedMs: number;
}

/** What a job took, since this coordinator has had it: none of it is in the journal. */
export class CostBook {
  readonly #computing = new Latencies();
  readonly #waiting = new Latencies();
  #executions = 0;
  #decided = 0;
  #resultBytes = 0;
  #givenBytes = 0;

  /** @param timed false where it is not known since when the tasks were out */
  addReport({ tasks, busyMs, waitedMs }: Report, timed: boolean): void {
    this.#executions += tasks;
    if (!timed) return;
    this.#computing.add(busyMs / tasks, tasks);
    this.#waiting.add(waitedMs, tasks);
  }

  addDecided(tasks: number): void {
    this.#decided += tasks;
  }

  addResult(bytes: number): void {
    this.#resultBytes += bytes;
  }

  /** Of programs and inputs that a volunteer did not have. */
  addGiven(bytes: number): void {
    this.#givenBytes += bytes;
  }

  view(): { cost: JobCost; times: JobTimes | undefined } {
    const cost = {
      executions: this.#executions,
      decided: this.#decided,
      resultBytes: this.#resultBytes,
      givenBytes: this.#givenBytes,
    };
    if (this.#executions === 0) return { cost, times: undefined };
    const [computing, waiting] = [this.#computing.quantiles(), this.#waiting.quantiles()];
    return { cost, times: { computing, waiting } };
  }
}
