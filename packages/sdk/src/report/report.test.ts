import type { AttemptRow, JobView, VolunteerId } from '@manytabs/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { range } from '../index.ts';
import { AttemptLanes } from './attempt-lanes.ts';
import { html } from './markup.ts';
import { writeReport } from './read-report.ts';
import { reportHtml } from './report.ts';
import { timelineDrawing } from './report-drawings.ts';

let world: MemoryGrid;
beforeEach(() => {
  world = new MemoryGrid();
});
afterEach(() => world.close());

describe('[SU93] [UI236] a report', () => {
  test('tells of a job that ran: results, times, cost, stages and attempts, in one page that loads nothing', async () => {
    world.donate({ workers: 2 });
    const grid = await world.submitter();
    const job = grid.map(range(300), (n) => ({ half: n / 2 }), { name: 'halves' });
    const next = job.map((value) => value.half + 1, { name: 'one more' });
    await next;
    const text = await writeReport(grid, job.id, { now: Date.now() });
    for (const part of ['halves', 'one more', 'each result', 'core seconds', 'computing', 'half: '])
      expect(text).toContain(part);
    expect(text.match(/<h2>([^<]*)/g)).toEqual([
      '<h2>Time of a task',
      '<h2>Cost',
      '<h2>Stages',
      expect.stringMatching(/<h2>Attempts: \d/),
      '<h2>Volunteers',
      '<h2>Results',
    ]);
    expect(text).toContain('and 200 more, which are not in this report');
    expectSelfContained(text);
  });

  test('of a job that still runs is written at once', async () => {
    const grid = await world.submitter();
    const job = grid.map(range(10), (n) => n);
    job.then(undefined, () => {}); // it ends with the grid
    await job.submitted;
    expect(await writeReport(grid, job.id, { now: Date.now() })).toContain('0 of 10 tasks final');
    await expect(writeReport(grid, 'jaaaaaaaaaaaaaaaaaaaa' as never, { now: 0 })).rejects.toThrow(
      'There is no job',
    );
  });

  test('shows what strangers wrote as text, whatever it is', async () => {
    const grid = await world.submitter();
    const job = grid.map(range(1), (n) => n);
    job.then(undefined, () => {}); // it ends with the grid
    await job.submitted;
    const [view] = await grid.jobs();
    const nasty = fc.oneof(
      fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'</style>"),
      fc.string(),
    );
    fc.assert(
      fc.property(nasty, nasty, (name, message) => {
        const hostile: JobView = {
          ...(view as JobView),
          name,
          owner: message,
          reason: message,
          errors: [{ code: 'task-threw', message, count: 1 }],
        };
        const facts = { view: hostile, graph: { stages: [], edges: [], hidden: 0 } };
        const error = { code: 'task-threw', message } as never;
        const failed = {
          index: 0,
          status: 'rejected',
          state: 'failed',
          error,
          attempts: 1,
        } as const;
        const lanes = new AttemptLanes();
        const text = reportHtml({ ...facts, lanes, results: [failed], writtenAt: 0 });
        expectSelfContained(text);
        const tags = text.match(/<[a-z!/]+/g) ?? [];
        const known = reportHtml({
          ...facts,
          view: { ...hostile, name: 'x', owner: 'x', reason: message === '' ? '' : 'x' },
          ...{ lanes, results: [failed], writtenAt: 0 },
        }).match(/<[a-z!/]+/g);
        expect(tags).toEqual(known);
      }),
    );
  });

  test('takes a picture as data only', () => {
    const view = {
      tasks: {},
      volunteers: [],
      errors: [],
      quorum: {},
      name: 'p',
      reason: '',
      owner: '',
      submittedAt: 0,
      busyMs: 0,
    };
    const facts = { view: view as unknown as JobView, graph: { stages: [], edges: [], hidden: 0 } };
    const rest = { lanes: new AttemptLanes(), results: [], writtenAt: 0 };
    const of = (picture: string) => reportHtml({ ...facts, ...rest, picture });
    expect(of('data:image/png;base64,AAAA')).toContain('<img');
    expect(of('https://elsewhere/x.png')).not.toContain('<img');
  });

  test('draws 100,000 attempts in bounded size', () => {
    const lanes = new AttemptLanes();
    for (let n = 0; n < 100_000; n++) lanes.add(bar(n));
    expect(timelineDrawing(lanes).text.length).toBeLessThan(2_000_000);
  });
});

test('[SU93] markup escapes what is put into it, and nothing twice', () => {
  const inner = html`<b>${'<&>'}</b>`;
  expect(html`<p title="${'"\''}">${inner}${[inner, undefined, 3]}</p>`.text).toBe(
    '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b>3</p>',
  );
});

function expectSelfContained(text: string): void {
  expect(text).toContain("default-src 'none'");
  expect(text).not.toMatch(/<(script|link|iframe|img|object)\b/);
  expect(text).not.toMatch(/<[^>]*\s(src|href|on[a-z]+)=/i);
}

function bar(n: number): AttemptRow {
  const at = n * 3;
  return {
    volunteer: `v${n % 40}` as VolunteerId,
    from: n,
    to: n + 1,
    givenAt: at,
    startedAt: at + 1,
    endedAt: at + 60,
    outcome: n % 7 === 0 ? 'failed' : 'reported',
    isSpeculative: false,
  };
}
