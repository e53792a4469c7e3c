import type { AttemptOutcome, AttemptRow, JobView } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { barStart, timeText } from 'manytabs/report';
import { type ReactNode, useMemo, useState } from 'react';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { ViewSwitch } from '../../components/view-switch.tsx';
import { AttemptsFeed, type AttemptsSnapshot } from '../../live/attempts-feed.ts';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';
import { AttemptsTable, outcomeText, tasksText } from './attempts-table.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import './timeline-panel.css';

const VIEWS = [
  ['chart', 'Chart'],
  ['table', 'Table'],
] as const;

interface TimelinePanelProps {
  readonly job: Job<unknown>;
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

/** Who ran what when: drawn, and as a table. */
export default function TimelinePanel({ job, view, onTask }: TimelinePanelProps): ReactNode {
  const query = useMemo(() => {
    const feed = new AttemptsFeed((place) => job.attempts(place));
    return new LiveQuery<AttemptsSnapshot>(() => feed.next(), 1_500);
  }, [job]);
  const { value, at, error } = useKnown(query);
  const [shown, setShown] = useState<'chart' | 'table'>('chart');
  const [selected, setSelected] = useState<AttemptRow>();
  if (!value) return error ? <ErrorNotice error={error} /> : <Loading what="the attempts" />;
  if (value.rows.length + value.underWay.length === 0) {
    return (
      <Empty title="No attempt is remembered.">
        The grid keeps the newest of all jobs, until it is started again.
      </Empty>
    );
  }
  return (
    <div className="stack">
      <div className="row">
        <ViewSwitch
          label="How attempts are shown"
          options={VIEWS}
          chosen={shown}
          onChange={setShown}
        />
        <span className="quiet">
          {countText(value.rows.length)} attempts, {countText(value.underWay.length)} under way
          {value.isWhole ? '' : '; older ones are no longer kept'}
        </span>
      </div>
      {shown === 'table' ? (
        <AttemptsTable view={view} snapshot={value} onTask={onTask} />
      ) : (
        <>
          <TimelineChart
            {...{ view, selected }}
            snapshot={value}
            at={view.endedAt ?? at ?? Date.now()}
            onSelect={setSelected}
          />
          <Legend />
          <Selected row={selected} view={view} onTask={onTask} />
        </>
      )}
    </div>
  );
}

interface SelectedProps {
  readonly row: AttemptRow | undefined;
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

function Selected({ row, view, onTask }: SelectedProps): ReactNode {
  return (
    <p role="status" className="timeline-selected">
      {row ? (
        <>
          <button type="button" className="task-link" onClick={() => onTask(row.from)}>
            task {tasksText(row)}
          </button>{' '}
          <code>{row.volunteer.slice(0, 8)}</code> {outcomeText(row)}, given after{' '}
          {timeText(row.givenAt - view.submittedAt)}, waited {timeText(barStart(row) - row.givenAt)}
          {row.endedAt ? `, computed ${timeText(row.endedAt - barStart(row))}` : ''}
        </>
      ) : (
        <span className="quiet">A click on a bar tells what it was.</span>
      )}
    </p>
  );
}

const LOOKS: readonly (readonly [AttemptOutcome, string])[] = [
  ['reported', 'reported'],
  ['failed', 'failed'],
  ['lost', 'lost'],
  ['unneeded', 'not needed any more'],
  ['running', 'running'],
];

function Legend(): ReactNode {
  return (
    <ul className="legend">
      {LOOKS.map(([outcome, title]) => (
        <li key={outcome}>
          <span className={`attempt-mark attempt-${outcome}`} aria-hidden="true" /> {title}
        </li>
      ))}
      <li>
        <span className="attempt-mark attempt-waiting" aria-hidden="true" /> waiting before it
      </li>
    </ul>
  );
}
