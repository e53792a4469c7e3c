import { type Check, unwrapOutput } from '@manytabs/protocol';
import type { Context } from './context.ts';
import type { TaskBody } from './task.ts';

/** What a module exports to tell right results from wrong ones. */
export type Judge = (given: unknown, result: unknown, context: Context) => unknown;

/** Whether a result of a task is right. */
export type CheckBody = (input: unknown, context: Context, result: unknown) => unknown;

/**
 * Only `true` is yes. What a judge throws is no: a result may have been made so that it does; but what the task throws
 * that is run for comparison says nothing of the result.
 */
export function checkBody(kind: Check['kind'], judge: Judge, run: TaskBody): CheckBody {
  return async (input, context, result) => {
    const { value } = unwrapOutput(result);
    const given = kind === 'equal' ? unwrapOutput(await run(input, context)).value : input;
    try {
      return (await judge(given, value, context)) === true;
    } catch {
      return false;
    }
  };
}
