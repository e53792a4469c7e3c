import type { JobView } from '@manytabs/protocol';
import { countText } from './duration.ts';

export { confidenceText } from 'manytabs/report';

/** `once in 200`; a chance of nothing is not claimed. */
export function chanceText(chance: number): string {
  if (chance >= 1) return 'always';
  if (chance <= 0) return 'less than once in 1,000,000';
  return `once in ${Math.max(2, Math.round(1 / chance)).toLocaleString('en-US')}`;
}

/** What was checked beside the votes; nothing where nothing was. */
export function checksText(checks: JobView['checks']): string | undefined {
  if (!checks || checks.audits + checks.retracted === 0) return undefined;
  const { auditedTasks, retracted } = checks;
  const tasks = auditedTasks === 1 ? 'task' : 'tasks';
  const results = retracted === 1 ? 'result' : 'results';
  return `${countText(auditedTasks)} ${tasks} audited, ${countText(retracted)} ${results} taken back`;
}
