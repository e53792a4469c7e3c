import { type GridError, type StoryRow, toGridError } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useEffect, useState } from 'react';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { clockText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';
import './task-story.css';

interface TaskStoryProps {
  readonly job: Job<unknown>;
  readonly index: number;
}

/** What happened to one task, in order. */
export function TaskStory({ job, index }: TaskStoryProps): ReactNode {
  const [rows, setRows] = useState<readonly StoryRow[]>();
  const [error, setError] = useState<GridError>();
  useEffect(() => {
    job.story(index).then(setRows, (thrown) => setError(toGridError(thrown, 'connection-lost')));
  }, [job, index]);
  if (error) return <ErrorNotice error={error} />;
  if (!rows) return <Loading what="the story" />;
  if (rows.length === 0) {
    return <Empty title="The coordinator no longer keeps this task’s story." />;
  }
  return (
    <ol className="story">
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never move.
        <li key={i}>
          <span className="quiet">{clockText(row.at)}</span>
          <span>
            {visible(row.text)} <span className="quiet">({visible(row.cause)})</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
