import type { Disagreement, JobView, VolunteerId } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useMemo } from 'react';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { clockText } from '../../model/duration.ts';
import { TaskLink } from './task-link.tsx';

interface DisagreementsTableProps {
  readonly job: Job<unknown>;
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

const SHOWN_MAX = 200;

/** Tasks on which volunteers differed: whose result won, and whose lost. */
export function DisagreementsTable({ job, view, onTask }: DisagreementsTableProps): ReactNode {
  const query = useMemo(() => new LiveQuery(() => job.disagreements(), 4_000), [job]);
  const { value, error } = useKnown(query);
  if (!value) return error ? <ErrorNotice error={error} /> : <Loading what="the disagreements" />;
  if (value.length === 0) return <NoDisagreement view={view} />;
  const newest = [...value].sort((a, b) => b.at - a.at).slice(0, SHOWN_MAX);
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Agreed</th>
          <th scope="col">Outvoted</th>
          <th scope="col">At</th>
        </tr>
      </thead>
      <tbody>
        {newest.map((row) => (
          <Row key={`${row.index} ${row.at}`} row={row} onTask={onTask} />
        ))}
      </tbody>
    </table>
  );
}

function NoDisagreement({ view }: { readonly view: JobView }): ReactNode {
  if (view.quorum.minQuorum === 1 && !view.tier) {
    return (
      <Empty title="This job does not vote.">
        Each task is computed once, so nobody can disagree. Choose a higher trust for the next one.
      </Empty>
    );
  }
  return <Empty title="Nobody has disagreed." />;
}

interface RowProps {
  readonly row: Disagreement;
  readonly onTask: (index: number) => void;
}

function Row({ row, onTask }: RowProps): ReactNode {
  return (
    <tr>
      <td>
        <TaskLink index={row.index} onTask={onTask} />
      </td>
      <td>
        <Names volunteers={row.winners} sign="✓" />
      </td>
      <td>
        <Names volunteers={row.losers} sign="✕" />
      </td>
      <td className="quiet">{clockText(row.at)}</td>
    </tr>
  );
}

interface NamesProps {
  readonly volunteers: readonly VolunteerId[];
  readonly sign: string;
}

function Names({ volunteers, sign }: NamesProps): ReactNode {
  return (
    <div className="row">
      {volunteers.slice(0, 8).map((volunteer) => (
        <span key={volunteer} className="row">
          <span aria-hidden="true">{sign}</span>
          <VolunteerName volunteer={volunteer} />
        </span>
      ))}
      {volunteers.length > 8 ? (
        <span className="quiet">and {volunteers.length - 8} more</span>
      ) : null}
    </div>
  );
}
