import type { JobView } from '@manytabs/protocol';
import type { Job, TaskResult } from 'manytabs';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { ResultPages } from '../../live/result-pages.ts';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';

interface PagedResultsProps {
  readonly job: Job<unknown>;
  readonly view: JobView;
  readonly size: number;
  readonly children: (rows: readonly TaskResult<unknown>[]) => ReactNode;
}

/** A page of the results, in the order in which they became final; a page that is not full is read again. */
export function PagedResults({ job, view, size, children }: PagedResultsProps): ReactNode {
  const decided = useRef(0);
  decided.current = view.tasks.final + view.tasks.failed;
  const [number, setNumber] = useState(0);
  const pages = useMemo(
    () => new ResultPages((after) => job.results({ after }), size),
    [job, size],
  );
  const query = useMemo(
    () => new LiveQuery(() => pages.page(number, decided.current), 1_500),
    [pages, number],
  );
  const { value, error } = useKnown(query);
  if (!value) return error ? <ErrorNotice error={error} /> : <Loading what="the results" />;
  if (value.rows.length === 0 && number === 0) {
    return <Empty title="No result yet.">They appear here as they become final.</Empty>;
  }
  const from = number * size;
  return (
    <div className="stack">
      {children(value.rows)}
      <nav className="row" aria-label="Pages of results">
        <button
          type="button"
          className="small"
          disabled={number === 0}
          onClick={() => setNumber(0)}
        >
          First
        </button>
        <button
          type="button"
          className="small"
          disabled={number === 0}
          onClick={() => setNumber(number - 1)}
        >
          Before
        </button>
        <button
          type="button"
          className="small"
          disabled={!value.isFull || decided.current <= from + size}
          onClick={() => setNumber(number + 1)}
        >
          Next
        </button>
        <span className="quiet" role="status">
          {countText(from + 1)} to {countText(from + value.rows.length)} of{' '}
          {countText(decided.current)}
        </span>
      </nav>
    </div>
  );
}
