import { type ErrorCode, GridError } from '@manytabs/protocol';

/** One execution of a task that failed. */
export interface Attempt {
  /** The volunteer. */
  readonly by: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Why a task failed, with the executions that did, oldest first, as far as they are remembered. */
export class TaskError extends GridError {
  readonly index: number;
  readonly attempts: readonly Attempt[];

  constructor(
    code: ErrorCode,
    message: string,
    task: { readonly index: number; readonly attempts: readonly Attempt[]; readonly count: number },
  ) {
    super(code, message, { details: { index: task.index, attempts: task.count } });
    this.index = task.index;
    this.attempts = task.attempts;
  }
}
