import type { ErrorCode, Quorum } from '@manytabs/protocol';

/** The parameters as they can be fulfilled: no bound under what the one before it demands. */
export function coherent(quorum: Quorum): Quorum {
  const targetResults = Math.max(quorum.targetResults, quorum.minQuorum);
  return {
    minQuorum: quorum.minQuorum,
    targetResults,
    maxErrorResults: quorum.maxErrorResults,
    maxTotalResults: Math.max(quorum.maxTotalResults, targetResults),
    maxSuccessResults: Math.max(quorum.maxSuccessResults, targetResults),
  };
}

/** How many results to ask for in all, after `votes` came without a consensus. */
export function resultsToAsk(
  quorum: Quorum,
  votes: { readonly count: number; readonly largest: number; readonly asked: number },
): number {
  if (votes.count < votes.asked) return votes.asked;
  const missing = Math.max(1, quorum.minQuorum - votes.largest);
  return Math.min(votes.count + missing, quorum.maxSuccessResults);
}

export interface TaskError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Errors that come from the task itself, so that it fails the same way anywhere. */
const DETERMINISTIC: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'task-threw',
  'task-flooded',
  'output-too-large',
  'output-not-cloneable',
  'export-missing',
  'syntax-error',
  'wasm-invalid',
]);

/**
 * Why a task fails after these errors, one for each execution, or undefined while it may be tried again. Errors of the
 * task itself are believed like results, by `minQuorum` identities and at least two; those of a machine (a timeout, a
 * crash) never are.
 */
export function errorVerdict(
  errors: readonly (TaskError & { readonly by: string })[],
  quorum: Quorum,
): TaskError | undefined {
  const last = errors[errors.length - 1];
  if (last === undefined) return undefined;
  if (DETERMINISTIC.has(last.code) && agreeing(errors, last) >= Math.max(2, quorum.minQuorum))
    return last;
  return errors.length > quorum.maxErrorResults ? summary(errors, last) : undefined;
}

/** The common code of all errors with the last message, or `too-many-errors` with both. */
export function summary(errors: readonly TaskError[], last: TaskError): TaskError {
  if (errors.every((error) => error.code === last.code)) return last;
  const message = `${errors.length} executions failed; the last: ${last.code}: ${last.message}`;
  return { code: 'too-many-errors', message };
}

function agreeing(errors: readonly (TaskError & { readonly by: string })[], last: TaskError) {
  const same = errors.filter((e) => e.code === last.code && e.message === last.message);
  return new Set(same.map((error) => error.by)).size;
}
