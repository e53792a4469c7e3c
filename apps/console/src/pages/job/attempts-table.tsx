import type { AttemptRow, JobView } from '@manytabs/protocol';
import { barStart, timeText } from 'manytabs/report';
import type { ReactNode } from 'react';
import { Cell } from '../../components/cell.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import type { AttemptsSnapshot } from '../../live/attempts-feed.ts';
import { countText } from '../../model/duration.ts';
import { TaskLink } from './task-link.tsx';

const COLUMNS = [
  { key: 'tasks', title: 'Tasks' },
  { key: 'volunteer', title: 'Volunteer' },
  { key: 'given', title: 'Given after' },
  { key: 'waited', title: 'Waited' },
  { key: 'computed', title: 'Computed' },
  { key: 'outcome', title: 'Outcome' },
];

interface AttemptsTableProps {
  readonly view: JobView;
  readonly snapshot: AttemptsSnapshot;
  readonly onTask: (index: number) => void;
}

/** The timeline as text, newest first; what is under way comes before. */
export function AttemptsTable({ view, snapshot, onTask }: AttemptsTableProps): ReactNode {
  const { rows, underWay } = snapshot;
  const nth = (n: number) => underWay[n] ?? rows[rows.length - 1 - (n - underWay.length)];
  return (
    <VirtualRows
      label="Attempts"
      className="attempts"
      columns={COLUMNS}
      count={rows.length + underWay.length}
      rowPx={30}
      rowKey={(n) => n - rows.length}
      row={(n) => {
        const row = nth(n);
        return row ? <Row row={row} start={view.submittedAt} onTask={onTask} /> : null;
      }}
    />
  );
}

interface RowProps {
  readonly row: AttemptRow;
  readonly start: number;
  readonly onTask: (index: number) => void;
}

function Row({ row, start, onTask }: RowProps): ReactNode {
  return (
    <>
      <Cell column="tasks">
        <TaskLink index={row.from} onTask={onTask}>
          {tasksText(row)}
        </TaskLink>
      </Cell>
      <Cell column="volunteer" className="mono quiet clip" title={row.volunteer}>
        {row.volunteer.slice(0, 8)}
      </Cell>
      <Cell column="given">{timeText(row.givenAt - start)}</Cell>
      <Cell column="waited" className="quiet">
        {timeText(barStart(row) - row.givenAt)}
      </Cell>
      <Cell column="computed">{row.endedAt ? timeText(row.endedAt - barStart(row)) : ''}</Cell>
      <Cell column="outcome" className={row.outcome === 'failed' ? 'bad' : 'quiet'}>
        {outcomeText(row)}
      </Cell>
    </>
  );
}

export function tasksText({ from, to }: AttemptRow): string {
  return to - from === 1 ? countText(from) : `${countText(from)}–${countText(to - 1)}`;
}

const OUTCOMES = {
  reported: '● reported',
  failed: '✕ failed',
  lost: '◌ lost',
  unneeded: '– not needed any more',
  running: '▶ running',
} as const;

export function outcomeText({ outcome, isSpeculative }: AttemptRow): string {
  return isSpeculative ? `${OUTCOMES[outcome]}, second copy` : OUTCOMES[outcome];
}
