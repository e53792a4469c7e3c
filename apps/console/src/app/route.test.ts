import { expect, test } from 'vitest';
import { parseRoute, routeHref } from './route.ts';

const JOB = 'jaaaaaaaaaaaaaaaaaaaa';

test.each([
  ['', { page: 'jobs' }],
  ['#/', { page: 'jobs' }],
  ['#/jobs', { page: 'jobs' }],
  ['#/new', { page: 'new' }],
  ['#/?q=state%3Adone+x', { page: 'jobs', query: 'state:done x' }],
  ['#/jobs?q=a', { page: 'jobs', query: 'a' }],
  ['#/?q=', { page: 'jobs' }],
  ['#/?q=%zz', { page: 'jobs', query: '%zz' }],
  ['#/tokens', { page: 'tokens' }],
  ['#/sites', { page: 'sites' }],
  ['#/audit?q=token', { page: 'audit', query: 'token' }],
  ['#/os', { page: 'os' }],
  ['#/os/stream', { page: 'os', panel: 'stream' }],
  ['#/os/nothing', { page: 'unknown' }],
  ['#/os/stream/x', { page: 'unknown' }],
  ['#/nodes/', { page: 'nodes' }],
  [`#/jobs/${JOB}`, { page: 'job', jobId: JOB }],
  ['#/jobs/j1', { page: 'unknown' }],
  [`#/jobs/${JOB}/x`, { page: 'unknown' }],
  [`#/jobs/${JOB}/errors`, { page: 'job', jobId: JOB, tab: 'errors' }],
  [`#/jobs/${JOB}/errors/x`, { page: 'unknown' }],
  ['#/new/x', { page: 'unknown' }],
  ['#/nowhere', { page: 'unknown' }],
  ['#/files', { page: 'files', path: '/' }],
  ['#/files/in/a%20b', { page: 'files', path: '/in/a b' }],
  ['#/files/%zz', { page: 'unknown' }],
])('[UI5] the address %j names one page', (fragment, route) => {
  expect(parseRoute(fragment)).toEqual(route);
});

test('[UI5] [UI304] every page has an address that leads to it', () => {
  for (const route of [
    { page: 'jobs' },
    { page: 'new' },
    { page: 'jobs', query: 'state:done "a b" #?&%/ü' },
    { page: 'audit', query: 'token-created' },
    { page: 'tokens' },
    { page: 'sites' },
    { page: 'os' },
    { page: 'os', panel: 'processes' },
    { page: 'nodes' },
    { page: 'job', jobId: JOB },
    { page: 'job', jobId: JOB, tab: 'timeline' },
    { page: 'files', path: '/' },
    { page: 'files', path: '/a b/ü#?%.csv' },
  ] as const) {
    expect(parseRoute(routeHref(route))).toEqual(route);
  }
});
