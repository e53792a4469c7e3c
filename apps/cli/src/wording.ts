import { hasEnded, type JobLocality, type JobView, type NodeView } from '@manytabs/protocol';
import { costRows, quantilesText, timeRows } from 'manytabs/report';
import { alignTable, clean } from './table.ts';

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 950) return `${Math.max(0, Math.round(ms))} ms`;
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function rate(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

export function eta(view: JobView): string {
  if (hasEnded(view.state) || view.etaMs === undefined) return '';
  const [soonest, latest] = view.etaMs.map(duration) as [string, string];
  return soonest === latest ? soonest : `${soonest} – ${latest}`;
}

export function jobTable(jobs: readonly JobView[]): string[] {
  const head = ['JOB', 'STATE', 'FINAL', 'FAILED', 'OF', 'RATE', 'LEFT', 'NAME'];
  const rows = jobs.map((job) => [
    job.jobId,
    job.state,
    job.tasks.final,
    job.tasks.failed,
    job.tasks.total,
    hasEnded(job.state) ? '' : rate(job.tasksPerSecond),
    eta(job),
    job.name,
  ]);
  return alignTable(head, rows);
}

export function nodeTable(nodes: readonly NodeView[]): string[] {
  const head = [
    ...['VOLUNTEER', 'STATE', 'BY', 'BUSY', 'OF', 'TASKS'],
    ...['VALID', 'INVALID', 'CHECKED', 'ERRORS'],
  ];
  const rows = nodes.map((node) => [
    node.volunteer,
    node.state,
    node.road,
    node.running,
    node.workers,
    node.tasks,
    node.valid,
    node.invalid,
    node.trusted ? 'trusted' : (node.checked ?? 0),
    node.errors,
  ]);
  return alignTable(head, rows);
}

function localityText({ shards, local, byChance }: JobLocality): string {
  const share = (count: number) => `${Math.round((100 * count) / Math.max(1, shards))} %`;
  return `${share(local)} of input shards local (${share(byChance)} by chance)`;
}

/** What became of a job, for a person. */
export function jobSummary(view: JobView): string {
  const { final, failed, total } = view.tasks;
  const took = duration(elapsedMs(view));
  const parts = [`${final} of ${total} tasks final`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (view.disagreements > 0) parts.push(`${view.disagreements} results outvoted`);
  if (view.locality) parts.push(localityText(view.locality));
  const reason = view.reason === '' ? '' : ` (${clean(view.reason)})`;
  return `Job ${view.jobId} ${view.state}${reason}: ${parts.join(', ')}, ${took}.`;
}

/** How long its tasks took, and what it cost. */
export function numberLines(view: JobView): string[] {
  const times = timeRows(view).map(({ name, quantiles }) => `${name} ${quantilesText(quantiles)}`);
  const { source } = view;
  const fed = source ? [`inputs: results of ${source.jobs.join(', ')} (${source.shape})`] : [];
  return [...fed, ...times, ...costRows(view).map(({ name, value }) => `${name}: ${value}`)];
}

/** Most frequent first, each with a task that tells more. */
export function errorLines({ errors }: JobView): string[] {
  return [...errors]
    .sort((a, b) => b.count - a.count)
    .map(({ code, count, message, example }) => {
      const task = example ? ` (task ${example.index})` : '';
      return `${count} × ${code}: ${clean(message)}${task}`;
    });
}

/** The same for a program. */
export function summaryRow(view: JobView) {
  return {
    job: view.jobId,
    state: view.state,
    summary: {
      ...view.tasks,
      reason: view.reason,
      disagreements: view.disagreements,
      tier: view.tier ?? 'none',
      ...(view.checks ?? {}),
      volunteers: view.volunteers.length,
      busyMs: view.busyMs,
      elapsedMs: elapsedMs(view),
      errors: view.errors,
      ...(view.times ? { times: view.times } : {}),
      ...(view.cost ? { cost: view.cost } : {}),
      ...(view.locality ? { locality: view.locality } : {}),
    },
  };
}

/** From submission to its end, or so far. */
function elapsedMs({ submittedAt, endedAt = Date.now() }: JobView): number {
  return Math.max(0, endedAt - submittedAt);
}
