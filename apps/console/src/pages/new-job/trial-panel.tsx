import type { Estimate } from 'manytabs';
import type { ReactNode } from 'react';
import { useSession } from '../../app/session-context.ts';
import { useKnown } from '../../live/use-known.ts';
import { bytesText, countText, durationText } from '../../model/duration.ts';
import { valuePreview, visible } from '../../model/value-text.ts';

interface TrialPanelProps {
  readonly estimate: Estimate;
  readonly where: string;
}

/** What three tasks gave, and what all of them would cost. */
export function TrialPanel({ estimate, where }: TrialPanelProps): ReactNode {
  const workers = useKnown(useSession().status).value?.workers;
  return (
    <section className="card stack trial" aria-labelledby="trial-title" role="status">
      <h2 id="trial-title">
        {countText(estimate.pilot.length)} tasks, tried on {where}
      </h2>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {estimate.pilot.map((row) => (
            <tr key={row.index}>
              <td>{countText(row.index)}</td>
              <td className={row.status === 'rejected' ? 'mono bad' : 'mono'}>
                {row.status === 'rejected'
                  ? `✕ ${visible(row.error.message).slice(0, 240)}`
                  : valuePreview(row.value)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {durationText(estimate.msPerTask)} and {bytesText(estimate.bytesPerResult)} a task.{' '}
        {costText(estimate, workers)}
      </p>
    </section>
  );
}

/** @param workers those of the grid, once that is known. */
export function costText(
  { tasks, coreSeconds }: Pick<Estimate, 'tasks' | 'coreSeconds'>,
  workers: number | undefined,
): string {
  if (tasks === undefined || coreSeconds === undefined) {
    return 'How many tasks there will be is not known yet.';
  }
  const cost = `All ${countText(tasks)}, with their votes: about ${durationText(coreSeconds * 1_000)} of computing`;
  if (workers === undefined) return `${cost}.`;
  if (workers === 0) return `${cost}; nobody is here to do it now.`;
  return `${cost}, ${durationText((coreSeconds * 1_000) / workers)} on the ${countText(workers)} workers here now.`;
}
