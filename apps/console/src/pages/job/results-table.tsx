import type { ReactNode } from 'react';
import { Cell } from '../../components/cell.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import type { ResultRow } from '../../live/result-ring.ts';
import { confidenceText } from '../../model/trust-text.ts';
import './results-table.css';
import { TaskLink } from './task-link.tsx';

const COLUMNS = [
  { key: 'task', title: 'Task' },
  { key: 'value', title: 'Value' },
  { key: 'state', title: 'State' },
  { key: 'tier', title: 'Tier' },
  { key: 'trust', title: 'Trust' },
];

interface ResultsTableProps {
  readonly count: number;
  readonly rowKey: (n: number) => number;
  readonly row: (n: number) => ResultRow | undefined;
  readonly onTask: (index: number) => void;
}

/** Results with their trust. What they hold is text of strangers and only ever text here. */
export function ResultsTable({ count, rowKey, row, onTask }: ResultsTableProps): ReactNode {
  return (
    <VirtualRows
      label="Results"
      className="results"
      columns={COLUMNS}
      count={count}
      rowPx={32}
      rowKey={rowKey}
      row={(n) => <Row row={row(n)} onTask={onTask} />}
    />
  );
}

interface RowProps {
  readonly row: ResultRow | undefined;
  readonly onTask: (index: number) => void;
}

function Row({ row, onTask }: RowProps): ReactNode {
  if (!row) return null;
  return (
    <>
      <Cell column="task">
        <TaskLink index={row.index} onTask={onTask} />
      </Cell>
      <Cell column="value" className={row.failed ? 'clip mono bad' : 'clip mono'} title={row.text}>
        {row.text}
      </Cell>
      <Cell column="state" className={row.failed ? 'bad' : 'quiet'}>
        {row.failed ? '✕ failed' : '● final'}
      </Cell>
      <Cell column="tier" className="quiet">
        {row.tier ?? ''}
      </Cell>
      <Cell column="trust" className="quiet clip">
        {trustText(row)}
      </Cell>
    </>
  );
}

/** `2 agree, 99.9 % sure`. */
export function trustText(row: ResultRow): string {
  if (row.failed) return '';
  const votes = row.votes <= 1 ? 'one result' : `${row.votes} agree`;
  const isRated = row.votes > 1 || (row.tier !== undefined && row.tier !== 'none');
  return isRated ? `${votes}, ${confidenceText(row.confidence)}` : votes;
}
