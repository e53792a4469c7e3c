import type { Job } from 'manytabs';
import { type ReactNode, useMemo, useState } from 'react';
import { Cell } from '../../components/cell.tsx';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { clockText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';
import './log-lines.css';
import { TaskLink } from './task-link.tsx';

const COLUMNS = [
  { key: 'at', title: 'At' },
  { key: 'task', title: 'Task' },
  { key: 'volunteer', title: 'Volunteer' },
  { key: 'text', title: 'Text' },
];

interface LogLinesProps {
  readonly job: Job<unknown>;
  readonly onTask: (index: number) => void;
}

/** What the tasks logged, newest first. */
export function LogLines({ job, onTask }: LogLinesProps): ReactNode {
  const query = useMemo(() => new LiveQuery(() => job.logs(), 3_000), [job]);
  const [text, setText] = useState('');
  const { value, error } = useKnown(query);
  const rows = useMemo(() => {
    const wanted = text.toLowerCase();
    const matching = (value ?? []).filter((row) => row.text.toLowerCase().includes(wanted));
    return matching.sort((a, b) => b.at - a.at);
  }, [value, text]);
  if (!value) return error ? <ErrorNotice error={error} /> : <Loading what="the logs" />;
  if (value.length === 0) {
    return (
      <Empty title="No task has logged anything.">
        A task does so with <code>ctx.log(…)</code>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <input
        type="search"
        className="log-filter"
        placeholder="Filter by text"
        aria-label="Filter logs by text"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <VirtualRows
        label="Logs"
        className="logs"
        columns={COLUMNS}
        count={rows.length}
        rowPx={30}
        rowKey={(n) => rows.length - n}
        row={(n) => {
          const row = rows[n];
          return row ? (
            <>
              <Cell column="at" className="quiet">
                {clockText(row.at)}
              </Cell>
              <Cell column="task">
                <TaskLink index={row.index} onTask={onTask} />
              </Cell>
              <Cell column="volunteer" className="mono quiet clip" title={row.volunteer}>
                {row.volunteer.slice(0, 8)}
              </Cell>
              <Cell column="text" className="mono clip" title={visible(row.text)}>
                {visible(row.text)}
              </Cell>
            </>
          ) : null;
        }}
      />
    </div>
  );
}
