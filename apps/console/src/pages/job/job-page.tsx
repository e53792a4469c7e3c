import { hasEnded, type JobId, type JobView } from '@manytabs/protocol';
import { type ReactNode, useContext, useEffect } from 'react';
import type { JobTab } from '../../app/route.ts';
import { AnnounceContext, useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { Loading } from '../../components/empty.tsx';
import { JobActions } from '../../components/job-actions.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { SegmentedBar, SegmentLegend } from '../../components/segmented-bar.tsx';
import { StatePill } from '../../components/state-pill.tsx';
import type { JobMonitor, JobSnapshot } from '../../live/job-monitor.ts';
import { useJob } from '../../live/use-job.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, durationText, etaText, rateText } from '../../model/duration.ts';
import { checksText } from '../../model/trust-text.ts';
import { visible } from '../../model/value-text.ts';
import { DownloadButtons } from './download-buttons.tsx';
import { ExplainPanel } from './explain-panel.tsx';
import { JobDetails } from './job-details.tsx';
import { MosaicView } from './mosaic-view.tsx';
import { NobodyPanel } from './nobody-panel.tsx';
import { NumbersPanel } from './numbers-panel.tsx';
import { ReportButton } from './report-button.tsx';
import { RetryFailed } from './retry-failed.tsx';
import { StagesPanel } from './stages-panel.tsx';
import { ThroughputPanel } from './throughput-panel.tsx';
import { VolunteersPanel } from './volunteers-panel.tsx';
import './job-page.css';

interface JobPageProps {
  readonly jobId: JobId;
  /** What the address asks for of its details. */
  readonly tab?: JobTab | undefined;
}

/** One job: how far it is, what came out, who took part, and why it is not faster. */
export function JobPage({ jobId, tab }: JobPageProps): ReactNode {
  const { grid } = useSession();
  const { monitor, snapshot } = useJob(grid, jobId);
  const { view, error } = snapshot;
  if (!view) {
    return error ? (
      <div className="page">
        <h1>This job cannot be shown</h1>
        <ErrorNotice error={error} />
        <a href="#/">All jobs</a>
      </div>
    ) : (
      <Loading what="the job" />
    );
  }
  return (
    <div className="page">
      <JobHead view={view} monitor={monitor} snapshot={snapshot} />
      {error ? <ErrorNotice error={error} /> : null}
      <Outcome view={view} />
      <RetryFailed job={monitor.job} view={view} />
      <section className="stack" aria-label="Progress">
        <SegmentedBar tasks={view.tasks} name={visible(view.name)} large />
        <SegmentLegend tasks={view.tasks} />
      </section>
      <NobodyPanel view={view} />
      <div className={snapshot.mosaic ? 'job-body job-pictured' : 'job-body'}>
        {snapshot.mosaic ? <MosaicView mosaic={snapshot.mosaic} name={visible(view.name)} /> : null}
        <div className="job-side">
          <ThroughputPanel monitor={monitor} view={view} />
          <ExplainPanel job={monitor.job} view={view} />
          <NumbersPanel view={view} />
          <VolunteersPanel view={view} />
        </div>
      </div>
      <StagesPanel view={view} />
      <JobDetails monitor={monitor} view={view} results={snapshot.results} tab={tab} />
    </div>
  );
}

interface JobHeadProps {
  readonly view: JobView;
  readonly monitor: JobMonitor;
  readonly snapshot: JobSnapshot;
}

function JobHead({ view, monitor, snapshot }: JobHeadProps): ReactNode {
  useStateAnnouncement(view);
  return (
    <div className="stack job-head">
      <div className="page-head">
        <h1>{visible(view.name) || view.jobId}</h1>
        <StatePill state={view.state} />
        {hasEnded(view.state) ? null : <AgeStamp at={snapshot.at} />}
        <div className="row">
          <DownloadButtons monitor={monitor} view={view} mosaic={snapshot.mosaic} />
          <ReportButton view={view} mosaic={snapshot.mosaic} />
          <JobActions job={view} />
        </div>
      </div>
      <JobFacts view={view} />
    </div>
  );
}

function JobFacts({ view }: { readonly view: JobView }): ReactNode {
  const now = useNow();
  const took = view.endedAt === undefined ? undefined : view.endedAt - view.submittedAt;
  const facts = [
    view.state === 'running' && etaText(view.etaMs),
    view.state === 'running' && view.tasksPerSecond > 0 && `${rateText(view.tasksPerSecond)}`,
    took === undefined
      ? `submitted ${agoText(view.submittedAt, now)}`
      : `took ${durationText(took)}`,
    `${durationText(view.busyMs)} of computing donated`,
    trustOf(view),
    checksText(view.checks),
    `priority ${view.priority}`,
    `by ${visible(view.owner) || 'somebody'}`,
  ];
  return (
    <p className="quiet job-facts">
      {facts
        .filter((fact) => typeof fact === 'string' && fact !== '')
        .map((fact) => (
          <span key={String(fact)}>{fact}</span>
        ))}
      <code className="job-id">{view.jobId}</code>
    </p>
  );
}

/** Why a job ended other than well, or stands still. */
function Outcome({ view }: { readonly view: JobView }): ReactNode {
  const reason = visible(view.reason);
  switch (view.state) {
    case 'failed':
      return <Notice tone="bad">The job failed. {reason}</Notice>;
    case 'partial':
      return (
        <Notice tone="warn">
          The job ended, but {view.tasks.failed.toLocaleString('en-US')} of its tasks failed.{' '}
          {reason}
        </Notice>
      );
    case 'cancelled':
      return <Notice tone="info">The job was cancelled. {reason}</Notice>;
    case 'paused':
      return <Notice tone="info">The job is paused: no new task is given out. {reason}</Notice>;
    default:
      return null;
  }
}

const SENTENCES: Record<JobView['state'], string> = {
  running: 'is running',
  paused: 'is paused',
  done: 'is done',
  partial: 'ended with failed tasks',
  failed: 'failed',
  cancelled: 'was cancelled',
};

function useStateAnnouncement({ name, state }: JobView): void {
  const announce = useContext(AnnounceContext);
  useEffect(() => announce(`${visible(name)} ${SENTENCES[state]}`), [announce, name, state]);
}

function trustOf({ tier, quorum: { minQuorum } }: JobView): string {
  if (tier) return `trust ${tier}`;
  return minQuorum === 1 ? 'one result a task, no votes' : `${minQuorum} agreeing results a task`;
}
