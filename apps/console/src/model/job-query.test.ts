import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { findJobs, parseJobQuery, stateOf, withState } from './job-query.ts';

const NOW = 1_000_000_000;
const JOBS = [
  jobView(3, NOW, { name: 'old', state: 'done', owner: 'bob', kind: 'python' }),
  jobView(1, NOW, { name: 'Bunny' }),
  jobView(2, NOW, { name: 'bunny two', state: 'paused' }),
];

const names = (text: string) => findJobs(JOBS, parseJobQuery(text)).map((job) => job.name);

test('[UI4] jobs are listed newest first, by any part of the name and by state', () => {
  expect(names('')).toEqual(['Bunny', 'bunny two', 'old']);
  expect(names(' BUN')).toEqual(['Bunny', 'bunny two']);
  expect(names('state:open')).toEqual(['Bunny', 'bunny two']);
  expect(names('state:ended')).toEqual(['old']);
  expect(names('state:paused')).toEqual(['bunny two']);
  expect(names(JOBS[0]?.jobId ?? '')).toEqual(['old']);
});

test('[UI221] every term must fit; a comma is or, a minus is not, quotes keep words together', () => {
  expect(names('bunny state:running')).toEqual(['Bunny']);
  expect(names('state:running,done')).toEqual(['Bunny', 'old']);
  expect(names('-owner:ada')).toEqual(['old']);
  expect(names('kind:python owner:BOB')).toEqual(['old']);
  expect(names('"bunny two"')).toEqual(['bunny two']);
  expect(names('name:"unny t"')).toEqual(['bunny two']);
  expect(names('-state:ended -two')).toEqual(['Bunny']);
});

test('[UI221] what asks for nothing known is told, and hides no job', () => {
  expect(parseJobQuery('colour:red state:nearly bunny')).toEqual({
    terms: [{ key: 'text', words: ['bunny'], negated: false }],
    unknown: ['colour:red', 'state:nearly'],
  });
  expect(names('colour:red')).toHaveLength(3);
  expect(names('state:')).toHaveLength(3);
  expect(names('"')).toHaveLength(3);
});

test('[UI221] the choice of a state and the typed query are one', () => {
  expect(stateOf('x state:done')).toBe('done');
  expect(stateOf('state:done,failed')).toBe('');
  expect(stateOf('-state:done')).toBe('');
  expect(withState('render state:done x', 'failed')).toBe('state:failed render x');
  expect(withState('state:done', '')).toBe('');
});
