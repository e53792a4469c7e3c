import type { JobView } from '@manytabs/protocol';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { Empty } from '../../components/empty.tsx';
import { ViewSwitch } from '../../components/view-switch.tsx';
import type { JobMonitor } from '../../live/job-monitor.ts';
import type { ProvisionalBook } from '../../live/provisional-book.ts';
import { rowOf } from '../../live/result-ring.ts';
import { countText } from '../../model/duration.ts';
import { confidenceText } from '../../model/trust-text.ts';
import { PagedResults } from './paged-results.tsx';
import { ResultGallery } from './result-gallery.tsx';
import { ResultsRaw } from './results-raw.tsx';
import { ResultsTable } from './results-table.tsx';
import { TaskLink } from './task-link.tsx';

const VIEWS = [
  ['newest', 'Newest'],
  ['table', 'All'],
  ['gallery', 'Gallery'],
  ['raw', 'Raw'],
] as const;

interface ResultsPanelProps {
  readonly monitor: JobMonitor;
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

/** Results as they come, or all of them page by page: as a table, as pictures, or whole. */
export function ResultsPanel({ monitor, view, onTask }: ResultsPanelProps): ReactNode {
  const [shown, setShown] = useState<(typeof VIEWS)[number][0]>('newest');
  const paged = { job: monitor.job, view };
  return (
    <div className="stack">
      <ViewSwitch
        label="How results are shown"
        options={VIEWS}
        chosen={shown}
        onChange={setShown}
      />
      {shown === 'newest' ? <Newest monitor={monitor} onTask={onTask} /> : null}
      {shown === 'table' ? (
        <PagedResults key="table" {...paged} size={200}>
          {(rows) => (
            <ResultsTable
              count={rows.length}
              rowKey={(n) => rows[n]?.index ?? n}
              row={(n) => (rows[n] ? rowOf(rows[n]) : undefined)}
              onTask={onTask}
            />
          )}
        </PagedResults>
      ) : null}
      {shown === 'gallery' ? (
        <PagedResults key="gallery" {...paged} size={24}>
          {(rows) => <ResultGallery rows={rows} view={view} onTask={onTask} />}
        </PagedResults>
      ) : null}
      {shown === 'raw' ? (
        <PagedResults key="raw" {...paged} size={50}>
          {(rows) => <ResultsRaw rows={rows} />}
        </PagedResults>
      ) : null}
    </div>
  );
}

function Newest({ monitor, onTask }: Omit<ResultsPanelProps, 'view'>): ReactNode {
  const { rows, unsettled } = monitor;
  return (
    <>
      <Unsettled book={unsettled} onTask={onTask} />
      {rows.kept === 0 ? (
        <Empty title="No result yet.">They appear here as they become final.</Empty>
      ) : (
        <ResultsTable
          count={rows.kept}
          rowKey={(n) => rows.count - n}
          row={(n) => rows.newest(n)}
          onTask={onTask}
        />
      )}
      {rows.count > rows.kept ? (
        <p className="quiet">
          The newest {countText(rows.kept)} of {countText(rows.count)}; all of them are a page at a
          time under All, and in a download.
        </p>
      ) : null}
    </>
  );
}

const UNSETTLED_SHOWN = 20;

interface UnsettledProps {
  readonly book: ProvisionalBook;
  readonly onTask: (index: number) => void;
}

/** What may yet be taken back, and what was. */
function Unsettled({ book, onTask }: UnsettledProps): ReactNode {
  const rows = useSyncExternalStore(book.subscribe, book.getRows);
  if (rows.length === 0) return null;
  return (
    <details className="unsettled">
      <summary>
        {countText(rows.length)} results that are not final, seen since this was opened
      </summary>
      <ul>
        {rows.slice(0, UNSETTLED_SHOWN).map((row) => (
          <li key={row.index}>
            <TaskLink index={row.index} onTask={onTask} />
            <span className="mono clip">{row.text}</span>
            <span className={row.isRetracted ? 'bad' : 'quiet'}>
              {row.isRetracted
                ? '✕ taken back'
                : `◐ provisional, ${confidenceText(row.confidence)}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
