import type { Estimate, GridApi } from 'manytabs';
import { useContext, useRef, useState } from 'react';
import { LocalGridContext, type OpenLocalGrid } from '../../app/local-grid-context.ts';
import { useSession } from '../../app/session-context.ts';
import { type JobDraft, submissionOf } from '../../model/job-form.ts';
import { withoutTypes } from '../../model/strip-types.ts';

interface Trial {
  readonly estimate: Estimate;
  readonly where: string;
}

/** Three of a draft's tasks, on this device; on the grid where their inputs are its files. */
export function useTrial(draft: JobDraft, onProblem: (thrown: unknown) => void) {
  const { grid } = useSession();
  const openLocal = useContext(LocalGridContext);
  const [running, setRunning] = useState(false);
  const [done, setDone] = useState<Trial>();
  const abort = useRef(new AbortController());
  const start = async (): Promise<void> => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setRunning(true);
    setDone(undefined);
    onProblem(undefined);
    try {
      const trial = await tryOut(draft, grid, openLocal, signal);
      if (!signal.aborted) setDone(trial);
    } catch (thrown) {
      if (!signal.aborted) onProblem(thrown);
    } finally {
      setRunning(false);
    }
  };
  return {
    running,
    estimate: done?.estimate,
    where: done?.where ?? '',
    start: () => void start(), // failures are the problem
    stop: () => abort.current.abort(),
    /** What was tried is no longer what would run. */
    forget: () => setDone(undefined),
  };
}

async function tryOut(
  draft: JobDraft,
  grid: GridApi,
  openLocal: OpenLocalGrid,
  signal: AbortSignal,
): Promise<Trial> {
  const { inputs, task, options } = submissionOf(await withoutTypes(draft), grid.files);
  if (draft.inputs === 'grid') {
    const estimate = await grid.estimate(inputs, task, { ...options, signal });
    return { estimate, where: 'the grid' };
  }
  const local = await openLocal();
  const close = () => void local.close(); // nobody waits for it
  signal.addEventListener('abort', close);
  try {
    const estimate = await local.estimate(inputs, task, { ...options, signal });
    return { estimate, where: 'this device' };
  } finally {
    close();
  }
}
