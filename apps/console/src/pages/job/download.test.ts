import { expect, test } from 'vitest';
import { FakeJob } from '../../fixture/fake-job.ts';
import { counts, jobView } from '../../fixture/scene.ts';
import { fileNameOf, resultsBlob } from './download.ts';

test('[UI13] a download has the rows decided when it was asked for, and does not wait for the rest', async () => {
  const job = new FakeJob(jobView(0, 0, { tasks: counts(100, { final: 40 }) }), 0);
  const signal = new AbortController().signal;
  const options = { format: 'ndjson', count: 40, signal, onRow: () => {} } as const;
  const lines = (await (await resultsBlob(job, options)).text()).trim().split('\n');
  expect(lines).toHaveLength(40);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ index: 0, status: 'fulfilled' });
});

test('[UI13] a file is named after its job, in letters every system takes', () => {
  expect(fileNameOf('Render the bunny!', 'png')).toBe('render-the-bunny.png');
  expect(fileNameOf('../../\u202e', 'csv')).toBe('job.csv');
});
