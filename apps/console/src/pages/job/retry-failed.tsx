import { type GridError, hasEnded, type JobView, toGridError } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { countText } from '../../model/duration.ts';

interface RetryFailedProps {
  readonly job: Job<unknown>;
  readonly view: JobView;
}

/** A new job of the tasks that failed, for a job that has ended. */
export function RetryFailed({ job, view }: RetryFailedProps): ReactNode {
  const { jobs } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  if (!hasEnded(view.state) || view.tasks.failed === 0) return null;
  const retry = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const jobId = await job.retryFailed();
      jobs.refresh();
      location.hash = routeHref({ page: 'job', jobId });
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      <div className="row">
        <button type="button" disabled={busy} onClick={() => void retry() /* failures are shown */}>
          {busy ? 'Submitting…' : `Try the ${countText(view.tasks.failed)} failed tasks again`}
        </button>
        <span className="quiet">as a new job; what is done stays</span>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
    </div>
  );
}
