import { expect, test } from 'vitest';
import { parseRoute, routeHref } from './route.ts';

const JOB = 'jaaaaaaaaaaaaaaaaaaaa';

test.each([
  ['', { page: 'jobs' }],
  ['#/', { page: 'jobs' }],
  ['#/jobs', { page: 'jobs' }],
  ['#/new', { page: 'new' }],
  ['#/nodes/', { page: 'nodes' }],
  [`#/jobs/${JOB}`, { page: 'job', jobId: JOB }],
  ['#/jobs/j1', { page: 'unknown' }],
  [`#/jobs/${JOB}/x`, { page: 'unknown' }],
  ['#/new/x', { page: 'unknown' }],
  ['#/nowhere', { page: 'unknown' }],
  ['#/files', { page: 'files', path: '/' }],
  ['#/files/in/a%20b', { page: 'files', path: '/in/a b' }],
  ['#/files/%zz', { page: 'unknown' }],
])('[UI5] the address %j names one page', (fragment, route) => {
  expect(parseRoute(fragment)).toEqual(route);
});

test('[UI5] every page has an address that leads to it', () => {
  for (const route of [
    { page: 'jobs' },
    { page: 'new' },
    { page: 'nodes' },
    { page: 'job', jobId: JOB },
    { page: 'files', path: '/' },
    { page: 'files', path: '/a b/ü#?%.csv' },
  ] as const) {
    expect(parseRoute(routeHref(route))).toEqual(route);
  }
});
