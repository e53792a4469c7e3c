import type { JobState, JobView } from '@manytabs/protocol';

export type StateFilter = 'all' | 'open' | 'ended' | JobState;

/** Newest first; `text` matches anywhere in the name or the id, without case. */
export function filterJobs(
  jobs: readonly JobView[],
  options: { text: string; state: StateFilter },
): readonly JobView[] {
  const text = options.text.trim().toLowerCase();
  return jobs
    .filter((job) => matchesState(job.state, options.state) && matchesText(job, text))
    .sort((a, b) => b.submittedAt - a.submittedAt);
}

function matchesState(state: JobState, wanted: StateFilter): boolean {
  const open = state === 'running' || state === 'paused';
  if (wanted === 'all') return true;
  if (wanted === 'open') return open;
  return wanted === 'ended' ? !open : state === wanted;
}

function matchesText(job: JobView, text: string): boolean {
  return text === '' || job.name.toLowerCase().includes(text) || job.jobId.includes(text);
}
