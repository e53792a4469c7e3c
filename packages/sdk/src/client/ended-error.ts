import { GridError, isErrorCode, type JobView } from '@manytabs/protocol';

/** Why a job ended before all its tasks were decided, if it did; the reason begins with its code where it has one. */
export function endedError({ state, reason, tasks, jobId }: JobView): GridError | undefined {
  const details = { job: jobId, final: tasks.final, failed: tasks.failed, total: tasks.total };
  const [code = '', ...rest] = reason.split(': ');
  const isCoded = rest.length > 0 && isErrorCode(code);
  if (isCoded) return new GridError(code, sentence(rest.join(': ')), { details });
  if (state !== 'cancelled') return undefined;
  return new GridError('cancelled', `The job was cancelled: ${reason}.`, { details });
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
