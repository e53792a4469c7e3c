// Pages are drawn to text here; that they work in a browser is for e2e to show.

import { GridError, type JobView } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { sessionOf } from '../app/session.ts';
import { SessionContext } from '../app/session-context.ts';
import { LinkBanner } from '../components/link-banner.tsx';
import { SegmentedBar, SegmentLegend } from '../components/segmented-bar.tsx';
import { FakeGrid } from '../fixture/fake-grid.ts';
import { counts, jobView } from '../fixture/scene.ts';
import { ResultRing } from '../live/result-ring.ts';
import { ConnectFailedPage, TokenPage } from './connect/connect-page.tsx';
import { JobList } from './home/job-list.tsx';
import { ResultGallery } from './job/result-gallery.tsx';
import { ResultsRaw } from './job/results-raw.tsx';
import { ResultsTable } from './job/results-table.tsx';
import { RetryFailed } from './job/retry-failed.tsx';
import { TrialPanel } from './new-job/trial-panel.tsx';

function draw(node: ReactNode): string {
  const localStorage = { getItem: () => null };
  Object.assign(globalThis, { localStorage, matchMedia: () => ({ matches: false }) });
  const grid: GridApi = new FakeGrid('empty');
  return renderToStaticMarkup(<SessionContext value={sessionOf(grid)}>{node}</SessionContext>);
}

const noop = () => {};

test('[UI1] the bar says its numbers, and the legend names every pattern', () => {
  const tasks = counts(10, { final: 4, failed: 1, running: 2 });
  const html = draw(
    <>
      <SegmentedBar tasks={tasks} name="bunny" />
      <SegmentLegend tasks={tasks} />
    </>,
  );
  expect(html).toContain('aria-valuetext="50 percent: 4 final, 2 running, 1 failed, 3 waiting"');
  for (const name of ['final', 'waiting for votes', 'running', 'failed', 'waiting']) {
    expect(html).toContain(`</strong> ${name}</li>`);
  }
});

test('[UI20] what results and names hold is only ever text', () => {
  const rows = new ResultRing();
  const value = '<img src=x onerror=alert(1)>';
  const trust = { votes: 1 };
  const result = {
    index: 0,
    status: 'fulfilled',
    state: 'final',
    confidence: 0.9,
    value,
    trust,
  } as const;
  rows.push(result);
  const jobs = [jobView(1, 0, { name: '<script>alert(1)</script>' })];
  const html = draw(
    <>
      <ResultsTable count={rows.kept} rowKey={(n) => n} row={(n) => rows.newest(n)} onTask={noop} />
      <ResultsRaw rows={[result]} />
      <ResultGallery rows={[result]} view={jobs[0] as JobView} onTask={noop} />
      <JobList jobs={jobs} at={undefined} />
    </>,
  );
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toMatch(/<(img|script)\b/);
});

test('[UI9] of 10,000 jobs a screenful is drawn', () => {
  const jobs = Array.from({ length: 10_000 }, (_, n) => jobView(n, 0, { name: `job ${n}` }));
  const html = draw(<JobList jobs={jobs} at={undefined} />);
  expect(html).toContain('aria-rowcount="10001"');
  expect(html.split('role="row"').length).toBeLessThan(40);
});

test('[UI7] without a token the page says how to get one, and takes one', () => {
  const html = draw(<TokenPage onToken={noop} onHost={noop} />);
  expect(html).toContain('npm start');
  expect(html).toContain('manytabs token create --scope submit');
  expect(html).toContain('name="token"');
});

test('[UI7] a refused token can be replaced; a grid out of reach can be tried again', () => {
  const refused = new GridError('token-refused', 'No.');
  const away = new GridError('unreachable', 'Nobody answers.');
  const page = (error: GridError) =>
    draw(<ConnectFailedPage error={error} onRetry={noop} onToken={noop} />);
  expect(page(refused)).toContain('name="token"');
  expect(page(away)).not.toContain('name="token"');
  for (const error of [refused, away]) {
    expect(page(error)).toContain(error.hint);
    expect(page(error)).toContain('Try again');
  }
});

test('[UI24] every state of the link but the good one is told, with what happens next', () => {
  expect(draw(<LinkBanner link="connected" onReconnect={noop} />)).toBe('');
  expect(draw(<LinkBanner link="reconnecting" onReconnect={noop} />)).toContain('last state');
  expect(draw(<LinkBanner link="closed" onReconnect={noop} />)).toContain('Connect again');
});

test('[UI31] what failed can be tried again once the job has ended, and not before', () => {
  const job = new FakeGrid('empty').job(jobView(1, 0, {}).jobId);
  const offered = (state: 'partial' | 'running', failed: number) =>
    draw(<RetryFailed job={job} view={jobView(1, 0, { state, tasks: counts(10, { failed }) })} />);
  expect(offered('partial', 4)).toContain('Try the 4 failed tasks again');
  expect(offered('partial', 0)).toBe('');
  expect(offered('running', 4)).toBe('');
});

test('[UI32] a trial tells its results, and the cost of all with their votes', async () => {
  const estimate = await new FakeGrid('empty').estimate();
  const html = draw(<TrialPanel estimate={estimate} where="this device" />);
  expect(html).toContain('tried on this device');
  expect(html).toContain('steps: 507');
  expect(html).toContain('All 1,000, with their votes: about 11 min of computing');
  const unknown = { ...estimate, tasks: undefined, coreSeconds: undefined };
  expect(draw(<TrialPanel estimate={unknown} where="the grid" />)).toContain('not known yet');
});
