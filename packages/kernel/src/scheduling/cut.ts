import { LIMITS } from '@manytabs/protocol';

/** A part opens the job's program anew on each volunteer, so it has at least so many tasks. */
export const PART_TASKS_MIN = 4 * LIMITS.BUNDLE_TASKS_MAX;

/**
 * Where to cut a job of so many tasks for so many servers: where each part begins, and the end. Parts are as equal as whole
 * bundles allow, since volunteers go where work is left. Undefined for a job that one server does as well.
 */
export function cutTasks(
  total: number,
  servers: number,
  least: number = PART_TASKS_MIN,
): number[] | undefined {
  const parts = Math.min(servers, Math.floor(total / least), LIMITS.PARTS_PER_JOB_MAX);
  if (parts < 2) return undefined;
  const step = Math.min(least, LIMITS.BUNDLE_TASKS_MAX);
  const inner = Array.from({ length: parts - 1 }, (_, i) => {
    return Math.round(((i + 1) * total) / parts / step) * step;
  });
  return [0, ...inner, total];
}
