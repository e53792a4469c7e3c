import { type GridError, hasEnded, type JobView, toGridError } from '@manytabs/protocol';
import { type ReactNode, useContext, useState } from 'react';
import { AnnounceContext, useSession } from '../app/session-context.ts';
import { visible } from '../model/value-text.ts';
import { ErrorNotice } from './notice.tsx';
import { Sheet } from './sheet.tsx';

interface JobActionsProps {
  readonly job: JobView;
  readonly small?: boolean | undefined;
}

/** Pause or resume, and cancel after a question; nothing for a job that has ended. */
export function JobActions({ job, small }: JobActionsProps): ReactNode {
  const { busy, error, act, clearError } = useJobAction(job);
  const [asking, setAsking] = useState(false);
  if (hasEnded(job.state)) return null;
  const size = small ? 'small' : '';
  const name = visible(job.name);
  return (
    <>
      <button
        type="button"
        className={size}
        disabled={busy}
        aria-label={job.state === 'paused' ? `Resume ${name}` : `Pause ${name}`}
        onClick={() => act(job.state === 'paused' ? 'resume' : 'pause')}
      >
        {job.state === 'paused' ? 'Resume' : 'Pause'}
      </button>
      <button
        type="button"
        className={`danger ${size}`}
        disabled={busy}
        aria-label={`Cancel ${name}`}
        onClick={() => setAsking(true)}
      >
        Cancel
      </button>
      {asking ? (
        <Sheet title={`Cancel ${name}?`} onClose={() => setAsking(false)}>
          <p>Running tasks are ended at once. Results that are final can still be downloaded.</p>
          <div className="row">
            <button
              type="button"
              className="danger"
              onClick={() => {
                setAsking(false);
                act('cancel');
              }}
            >
              Cancel the job
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Keep it
            </button>
          </div>
        </Sheet>
      ) : null}
      {error ? (
        <Sheet title="That did not work" onClose={clearError}>
          <ErrorNotice error={error} />
        </Sheet>
      ) : null}
    </>
  );
}

type Action = 'pause' | 'resume' | 'cancel';
const DONE: Record<Action, string> = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' };

function useJobAction(job: JobView) {
  const { grid, jobs } = useSession();
  const announce = useContext(AnnounceContext);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  const run = async (action: Action): Promise<void> => {
    setBusy(true);
    try {
      const handle = grid.job(job.jobId);
      await (action === 'cancel' ? handle.cancel('cancelled in the console') : handle[action]());
      announce(`${visible(job.name)} ${DONE[action]}`);
      jobs.refresh();
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    act: (action: Action) => void run(action), // failures are shown
    clearError: () => setError(undefined),
  };
}
