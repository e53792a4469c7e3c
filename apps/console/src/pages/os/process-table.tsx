import { hasEnded, type JobView } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { JobActions } from '../../components/job-actions.tsx';
import { StatePill } from '../../components/state-pill.tsx';
import { useKnown } from '../../live/use-known.ts';
import { countText, durationText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';

const SHOWN_MAX = 50;

/** The jobs that have not ended, as `ps` lists processes; who has most tasks running first, as in `top`. */
export function ProcessTable(): ReactNode {
  const { value } = useKnown(useSession().jobs);
  const open = useMemo(() => busiestFirst(value ?? []), [value]);
  return (
    <section className="card os-panel os-wide" aria-labelledby="os-processes">
      <h2 id="os-processes">
        Processes <span className="quiet">{countText(open.length)}</span>
      </h2>
      <p className="quiet">
        A job is a process: pausing it is <code>kill -STOP</code>, resuming <code>kill -CONT</code>,
        cancelling <code>kill</code>. The same in a terminal: <code>manytabs ps</code>,{' '}
        <code>manytabs top</code>.
      </p>
      {open.length === 0 ? (
        <p>{value ? 'Nothing runs.' : 'Loading…'}</p>
      ) : (
        <div className="wide-table">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">PID</th>
                <th scope="col">User</th>
                <th scope="col">State</th>
                <th scope="col">Priority</th>
                <th scope="col">Running</th>
                <th scope="col">Time</th>
                <th scope="col">Command</th>
                <th scope="col">Signals</th>
              </tr>
            </thead>
            <tbody>
              {open.slice(0, SHOWN_MAX).map((job) => (
                <Process key={job.jobId} job={job} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open.length > SHOWN_MAX ? (
        <p>
          <a href={routeHref({ page: 'jobs', query: 'state:open' })}>
            All {countText(open.length)}
          </a>
        </p>
      ) : null}
    </section>
  );
}

function Process({ job }: { readonly job: JobView }): ReactNode {
  return (
    <tr>
      <td>
        <a href={routeHref({ page: 'job', jobId: job.jobId })} className="mono">
          {job.jobId.slice(0, 8)}
        </a>
      </td>
      <td>{visible(job.owner)}</td>
      <td>
        <StatePill state={job.state} />
      </td>
      <td>{job.priority}</td>
      <td>{countText(job.tasks.running)}</td>
      <td>{durationText(job.busyMs)}</td>
      <td>{visible(job.name)}</td>
      <td className="os-signals">
        <JobActions job={job} small />
      </td>
    </tr>
  );
}

function busiestFirst(jobs: readonly JobView[]): readonly JobView[] {
  return jobs
    .filter(({ state }) => !hasEnded(state))
    .sort((a, b) => b.tasks.running - a.tasks.running || b.submittedAt - a.submittedAt);
}
