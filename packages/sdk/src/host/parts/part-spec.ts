import { GridError, type JobId, type JobSpec, jobId, must, type Part } from '@manytabs/protocol';
import { sha256 } from '../../identity/crypto.ts';

/**
 * Whether servers may share the job: its tasks need nothing that one of them has. Lists are fed as they come, and files
 * and shared values are at one place.
 */
export function isCuttable({ inputs, program, source, part }: JobSpec): boolean {
  const isBound = part !== undefined || source !== undefined || program.space !== undefined;
  return inputs.kind === 'range' && !isBound && program.files.length === 0;
}

export function tasksOf({ inputs }: JobSpec): number {
  if (inputs.kind === 'range') return inputs.to - inputs.from;
  return inputs.chunks.reduce((sum, { count }) => sum + count, 0);
}

interface PartOfJob {
  readonly jobId: JobId;
  readonly spec: JobSpec;
}

/** The parts of a job, the first one under its own id. Submitted again with the same bounds, they are the same. */
export function partsOf(whole: JobId, spec: JobSpec, bounds: readonly number[]): PartOfJob[] {
  const ends = bounds.slice(1);
  const jobs = ends.map((_, at) => (at === 0 ? whole : partId(whole, bounds, at)));
  const { volunteersMin: _, ...rest } = spec;
  return jobs.map((id, at) => {
    const part: Part = { jobs, bounds: [...bounds], at };
    const share = ((bounds[at + 1] ?? 0) - (bounds[at] ?? 0)) / tasksOf(spec);
    const { budgetMs } = spec;
    const budget = budgetMs === undefined ? {} : { budgetMs: Math.ceil(budgetMs * share) };
    return { jobId: id, spec: { ...rest, ...budget, part } };
  });
}

function partId(whole: JobId, bounds: readonly number[], at: number): JobId {
  return jobId(sha256(new TextEncoder().encode(`${whole}/${bounds.join()}/${at}`)));
}

/** @throws {GridError} `spec-invalid` for a part that no server made */
export function checkPart(id: JobId, spec: JobSpec): void {
  const { part } = spec;
  if (!part) return;
  const { jobs, bounds, at } = part;
  const isWhole = bounds[0] === 0 && bounds.at(-1) === tasksOf(spec);
  const rises = bounds.slice(1).every((bound, i) => bound > must(bounds[i], 'a bound'));
  if (isWhole && rises && jobs.length === bounds.length - 1 && jobs[at] === id) return;
  throw new GridError('spec-invalid', 'The job was refused: it is no part of a job.');
}

/** Which part has the task. */
export function partWith({ bounds }: Part, index: number): number {
  return bounds.findIndex((bound, at) => bound <= index && index < (bounds[at + 1] ?? 0));
}
