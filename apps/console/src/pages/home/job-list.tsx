import type { JobView } from '@manytabs/protocol';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { routeHref } from '../../app/route.ts';
import { useAddressQuery } from '../../app/use-address-query.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { Cell } from '../../components/cell.tsx';
import { Empty } from '../../components/empty.tsx';
import { JobActions } from '../../components/job-actions.tsx';
import { SegmentedBar } from '../../components/segmented-bar.tsx';
import { StatePill } from '../../components/state-pill.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import { useMedia } from '../../live/use-media.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, countText, etaText } from '../../model/duration.ts';
import { findJobs, parseJobQuery, stateOf, withState } from '../../model/job-query.ts';
import { fractionFinal, percentText } from '../../model/segments.ts';
import { visible } from '../../model/value-text.ts';
import { BulkActions } from './bulk-actions.tsx';
import { SavedViews } from './saved-views.tsx';
import './job-list.css';

const COLUMNS = [
  { key: 'name', title: 'Job' },
  { key: 'state', title: 'State' },
  { key: 'progress', title: 'Progress' },
  { key: 'eta', title: 'Time left' },
  { key: 'priority', title: 'Priority' },
  { key: 'age', title: 'Submitted' },
  { key: 'actions', title: 'Actions' },
];

const STATES = [
  ['', 'all states'],
  ['open', 'not ended'],
  ['ended', 'ended'],
  ['running', 'running'],
  ['paused', 'paused'],
  ['done', 'done'],
  ['partial', 'partly done'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
] as const;

interface JobListProps {
  readonly jobs: readonly JobView[];
  readonly at: number | undefined;
  /** What the address asks for. */
  readonly query?: string | undefined;
}

/** All jobs, newest first; only the rows in sight are drawn. */
export function JobList({ jobs, at, query: inAddress = '' }: JobListProps): ReactNode {
  const [text, setText] = useAddressQuery('jobs', inAddress);
  const wanted = useDeferredValue(text);
  const query = useMemo(() => parseJobQuery(wanted), [wanted]);
  const shown = useMemo(() => findJobs(jobs, query), [jobs, query]);
  const narrow = useMedia('(max-width: 820px)');
  return (
    <section className="stack" aria-labelledby="jobs-title">
      <div className="page-head">
        <h1 id="jobs-title">Jobs</h1>
        <span className="quiet">{listedText(shown.length, jobs.length)}</span>
        <AgeStamp at={at} />
        <div className="row job-filters">
          <input
            type="search"
            data-filter
            placeholder="state:running owner:ada render"
            aria-label="Find jobs: state:, owner:, name:, kind:, id:, or any words"
            spellCheck={false}
            maxLength={500}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <select
            aria-label="Filter jobs by state"
            value={stateOf(text)}
            onChange={(event) => setText(withState(text, event.currentTarget.value))}
          >
            {STATES.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
          <a href="#/new" className="button primary">
            New job
          </a>
        </div>
      </div>
      <SavedViews query={text} />
      {query.terms.length > 0 ? <BulkActions jobs={shown} /> : null}
      {query.unknown.length > 0 ? <UnknownTerms words={query.unknown} /> : null}
      {shown.length === 0 ? (
        <Empty title="No job matches the query.">
          <button type="button" onClick={() => setText('')}>
            Show all jobs
          </button>
        </Empty>
      ) : (
        <VirtualRows
          label="Jobs"
          className="job-list"
          columns={COLUMNS}
          count={shown.length}
          rowPx={narrow ? 104 : 46}
          tall
          rowKey={(n) => shown[n]?.jobId ?? n}
          row={(n) => <JobRow job={shown[n]} />}
        />
      )}
    </section>
  );
}

function UnknownTerms({ words }: { readonly words: readonly string[] }): ReactNode {
  return (
    <p className="quiet" role="status">
      Not understood: {words.map(visible).join(' ')}. A query knows <code>state:</code>,{' '}
      <code>owner:</code>, <code>name:</code>, <code>kind:</code> and <code>id:</code>.
    </p>
  );
}

function listedText(shown: number, all: number): string {
  return shown === all ? countText(all) : `${countText(shown)} of ${countText(all)}`;
}

function JobRow({ job }: { readonly job: JobView | undefined }): ReactNode {
  const now = useNow();
  if (!job) return null;
  const name = visible(job.name) || job.jobId;
  return (
    <>
      <Cell column="name">
        <a href={routeHref({ page: 'job', jobId: job.jobId })} data-listed title={name}>
          {name}
        </a>
      </Cell>
      <Cell column="state">
        <StatePill state={job.state} />
      </Cell>
      <Cell column="progress">
        <SegmentedBar tasks={job.tasks} name={name} />
        <span className="job-percent">{percentText(fractionFinal(job.tasks))}</span>
      </Cell>
      <Cell column="eta" className="quiet">
        {job.state === 'running'
          ? etaText(job.etaMs)
              .replace(/^about /, '')
              .replace(/ left$/, '')
          : ''}
      </Cell>
      <Cell column="priority" className="quiet">
        {job.priority}
      </Cell>
      <Cell column="age" className="quiet">
        {agoText(job.submittedAt, now)}
      </Cell>
      <Cell column="actions">
        <JobActions job={job} small />
      </Cell>
    </>
  );
}
