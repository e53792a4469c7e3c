import type { Job, TaskResult } from 'manytabs';

/** The result that the grid has of a task; undefined where there is none yet. Rows are read until it comes. */
export async function recordedResult(
  job: Job<unknown>,
  index: number,
): Promise<TaskResult<unknown> | undefined> {
  const belief = await job.belief(index);
  if (belief?.state === 'waiting' || belief?.state === 'provisional') return undefined;
  for await (const result of job.results()) if (result.index === index) return result;
  return undefined;
}
