import { type GridError, toGridError } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useContext, useState } from 'react';
import { ReplayContext, type ReplayTask } from '../../app/replay-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { recordedResult } from '../../live/recorded-result.ts';
import { valuePreview, visible } from '../../model/value-text.ts';

interface ReplayPanelProps {
  readonly job: Job<unknown>;
  readonly index: number;
}

/** What came of it, a sentence each. */
export interface Comparison {
  readonly isSame: boolean | undefined;
  readonly text: string;
  /** What this tab gives, and what the grid has, as text. */
  readonly here?: string;
  readonly recorded?: string;
}

/** Runs a task in a sandbox of this very page, and compares as its job does. */
export async function compareHere(
  job: Job<unknown>,
  index: number,
  replay: ReplayTask,
): Promise<Comparison> {
  const task = await job.taskBytes(index);
  if (!task) {
    return { isSame: undefined, text: 'What it takes to run this task is not kept any more.' };
  }
  const result = await recordedResult(job, index);
  const value = result?.status === 'fulfilled' ? result.value : undefined;
  const { error, value: own, isSame } = await replay(task, index, value);
  const here = error === undefined ? valuePreview(own) : visible(error);
  if (!result) {
    return { isSame: undefined, text: 'There is no final result to compare with yet.', here };
  }
  if (result.status === 'rejected') {
    const text =
      error === undefined ? 'The task failed there, and not here.' : 'It fails here too.';
    return { isSame: error !== undefined, text, here, recorded: visible(result.error.message) };
  }
  const recorded = valuePreview(result.value);
  if (isSame) return { isSame, text: 'This tab gives the same.', here, recorded };
  return { isSame, text: 'This tab gives something else.', here, recorded };
}

/** A button that lets the submitter's own tab have its word. */
export function ReplayPanel({ job, index }: ReplayPanelProps): ReactNode {
  const replay = useContext(ReplayContext);
  const [isBusy, setBusy] = useState(false);
  const [found, setFound] = useState<Comparison>();
  const [error, setError] = useState<GridError>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setFound(await compareHere(job, index, replay));
    } catch (thrown) {
      setError(toGridError(thrown, 'task-crashed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      <div className="row">
        <button type="button" disabled={isBusy} onClick={() => void run()}>
          {isBusy ? 'It runs here…' : 'Replay it here and compare'}
        </button>
      </div>
      <div role="status">{found ? <Found found={found} /> : null}</div>
      {error ? <ErrorNotice error={error} /> : null}
    </div>
  );
}

export function Found({ found }: { readonly found: Comparison }): ReactNode {
  const mark = found.isSame === undefined ? '' : found.isSame ? '✓ ' : '✕ ';
  return (
    <>
      <p>
        <span aria-hidden="true">{mark}</span>
        {found.text}
      </p>
      {found.here === undefined ? null : <p className="quiet">here: {found.here}</p>}
      {found.recorded === undefined || found.isSame ? null : (
        <p className="quiet">recorded: {found.recorded}</p>
      )}
    </>
  );
}
