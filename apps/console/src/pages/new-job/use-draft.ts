import { type GridError, type JobId, toGridError } from '@manytabs/protocol';
import { useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import {
  DraftError,
  type DraftField,
  EMPTY_DRAFT,
  type JobDraft,
  submissionOf,
} from '../../model/job-form.ts';
import { withoutTypes } from '../../model/strip-types.ts';
import { useTrial } from './use-trial.ts';

/** What is wrong with a draft, and where. */
export interface Problem {
  readonly field: DraftField | undefined;
  readonly error: GridError;
}

const SOURCE_CODES = new Set(['free-variable', 'syntax-error', 'module-unresolved']);

const PATH_CODES = new Set(['input-empty', 'path-missing', 'path-invalid', 'file-lost']);

// A draft outlives a look at another page, though not the tab.
let kept: JobDraft = EMPTY_DRAFT;

/** The form will open with this in it. */
export function prepareDraft(part: Partial<JobDraft>): void {
  kept = { ...kept, ...part };
}

/** The form's content, and running it. */
export function useDraft() {
  const { grid, jobs } = useSession();
  const [draft, setDraft] = useState(kept);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const trial = useTrial(draft, (thrown) =>
    setProblem(thrown === undefined ? undefined : problemOf(thrown, draft)),
  );
  const change = (part: Partial<JobDraft>) => {
    kept = { ...kept, ...part };
    trial.forget();
    setDraft(kept);
    setProblem((now) => (now?.field !== undefined && now.field in part ? undefined : now));
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { inputs, task, options } = submissionOf(await withoutTypes(draft), grid.files);
      const job = grid.map(inputs, task, options);
      await job.submitted;
      jobs.refresh();
      open(job.id);
    } catch (thrown) {
      setProblem(problemOf(thrown, draft));
      setBusy(false);
    }
  };
  const refuse = (field: DraftField, thrown: unknown) =>
    setProblem({ field, error: toGridError(thrown, 'input-invalid') });
  return { draft, change, problem, refuse, busy, trial, run: () => void submit() }; // failures become the problem
}

function open(jobId: JobId): void {
  location.hash = routeHref({ page: 'job', jobId });
}

function problemOf(thrown: unknown, draft: JobDraft): Problem {
  const error = toGridError(thrown, 'connection-lost');
  if (error instanceof DraftError) return { field: error.field, error };
  if (SOURCE_CODES.has(error.code)) {
    return { field: draft.language === 'python' ? 'script' : 'source', error };
  }
  if (error.code === 'export-missing') return { field: 'exportName', error };
  if (error.code === 'wasm-invalid') return { field: 'wasm', error };
  if (error.code === 'input-invalid' && draft.inputs === 'list') return { field: 'list', error };
  if (error.code === 'input-invalid' && draft.inputs === 'params')
    return { field: 'params', error };
  if (draft.inputs === 'grid' && PATH_CODES.has(error.code)) return { field: 'paths', error };
  return { field: undefined, error };
}
