import { GridError, type JobId } from '@manytabs/protocol';
import type { GridApi, Job, TaskResult } from '../client/api.ts';
import { AttemptLanes } from './attempt-lanes.ts';
import { type ReportFacts, reportHtml } from './report.ts';
import { stageGraph } from './stage-graph.ts';

const RESULTS_MAX = 100;
const ATTEMPTS_MAX = 100_000;

/**
 * Writes all that the grid knows of a job as one HTML file: no script, nothing from elsewhere.
 * @throws {GridError} `job-unknown`, and those of the connection
 */
export async function writeReport(
  grid: Pick<GridApi, 'jobs' | 'job'>,
  id: JobId,
  options: { readonly now: number; readonly picture?: string | undefined },
): Promise<string> {
  const jobs = await grid.jobs();
  const view = jobs.find(({ jobId }) => jobId === id);
  if (!view) throw new GridError('job-unknown', `There is no job ${id}.`);
  const job = grid.job(id);
  const known = Math.min(RESULTS_MAX, view.tasks.final + view.tasks.failed);
  const facts: ReportFacts = {
    view,
    graph: stageGraph(jobs, id),
    lanes: await readLanes(job),
    results: await readResults(job, known),
    writtenAt: options.now,
    picture: options.picture,
  };
  return reportHtml(facts);
}

async function readLanes(job: Job<unknown>): Promise<AttemptLanes> {
  const lanes = new AttemptLanes();
  let [place, isLast] = [0, false];
  while (!isLast && lanes.count < ATTEMPTS_MAX) {
    const page = await job.attempts(place);
    for (const row of page.rows) lanes.add(row);
    ({ next: place, isLast } = page);
  }
  return lanes;
}

/** Those that exist, as a job that runs would have us wait for more. */
async function readResults(job: Job<unknown>, count: number): Promise<TaskResult<unknown>[]> {
  const results: TaskResult<unknown>[] = [];
  if (count === 0) return results;
  for await (const result of job.results()) {
    results.push(result);
    if (results.length >= count) break;
  }
  return results;
}
