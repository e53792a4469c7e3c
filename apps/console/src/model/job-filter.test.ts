import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { filterJobs } from './job-filter.ts';

const NOW = 1_000_000_000;
const JOBS = [
  jobView(3, NOW, { name: 'old', state: 'done' }),
  jobView(1, NOW, { name: 'Bunny' }),
  jobView(2, NOW, { name: 'bunny two', state: 'paused' }),
];

function names(text: string, state: Parameters<typeof filterJobs>[1]['state']): readonly string[] {
  return filterJobs(JOBS, { text, state }).map((job) => job.name);
}

test('[UI4] jobs are listed newest first, by any part of the name and by state', () => {
  expect(names('', 'all')).toEqual(['Bunny', 'bunny two', 'old']);
  expect(names(' BUN', 'all')).toEqual(['Bunny', 'bunny two']);
  expect(names('', 'open')).toEqual(['Bunny', 'bunny two']);
  expect(names('', 'ended')).toEqual(['old']);
  expect(names('', 'paused')).toEqual(['bunny two']);
  expect(names(JOBS[0]?.jobId ?? '', 'all')).toEqual(['old']);
});
