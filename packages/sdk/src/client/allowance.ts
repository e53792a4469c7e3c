import { type Backoff, GridError, type JobSpec, LIMITS } from '@manytabs/protocol';
import type { MapOptions, Retries } from './api.ts';

const RETRIES_DEFAULT = 2;
const REST_FACTOR = 2;
const REST_MOST_MS = 60_000;

type Options = Pick<MapOptions<never>, 'retries' | 'deadline' | 'budget' | 'requires' | 'priority'>;

export function retriesOf({ retries = RETRIES_DEFAULT }: Options): Retries {
  return typeof retries === 'number' ? { max: retries } : retries;
}

/** The parts of a spec that say what a job may use; only those that were given. */
export function allowanceOf(options: Options): Partial<JobSpec> {
  const { deadline, budget, requires } = options;
  const backoff = backoffOf(retriesOf(options).backoff);
  return {
    ...(deadline === undefined ? {} : { deadlineMs: positive(deadline, 'deadline') }),
    ...(budget ? { budgetMs: positive(budget.coreSeconds * 1_000, 'budget.coreSeconds') } : {}),
    ...(backoff ? { backoff } : {}),
    ...(requires?.volunteers ? { volunteersMin: requires.volunteers } : {}),
  };
}

/** What no tab can ever give. @throws {GridError} `infeasible` */
export function checkFeasible({ requires = {} }: Options): void {
  const { memoryMB = 0, threads = 1, gpu = false } = requires;
  if (gpu) throw infeasible('a GPU, and the sandbox has none');
  if (threads > 1) throw infeasible(`${threads} threads, and a task has one`);
  if (memoryMB > LIMITS.TASK_MEMORY_MB_MAX) {
    const most = LIMITS.TASK_MEMORY_MB_MAX;
    throw infeasible(`${memoryMB} MB of memory, and a task has at most ${most}`);
  }
}

/** What each task is bounded to, if anything is said of it. */
export function memoryOf({ requires = {} }: Options): { memoryMB?: number } {
  const { memoryMB } = requires;
  if (memoryMB === undefined) return {};
  if (memoryMB > 0) return { memoryMB: Math.ceil(memoryMB) };
  throw invalid('requires.memoryMB', 'more than nothing');
}

function backoffOf(backoff: Retries['backoff']): Backoff | undefined {
  if (backoff === undefined || backoff === 0) return undefined;
  const {
    first,
    factor = REST_FACTOR,
    most = REST_MOST_MS,
  } = typeof backoff === 'number' ? { first: backoff } : backoff;
  const firstMs = positive(first, 'retries.backoff');
  if (!(factor >= 1 && factor <= 10)) throw invalid('retries.backoff.factor', 'from 1 to 10');
  return { firstMs, factor, mostMs: Math.max(firstMs, positive(most, 'retries.backoff.most')) };
}

function positive(ms: number, name: string): number {
  const whole = Math.ceil(ms);
  if (whole >= 1 && whole <= LIMITS.JOB_MS_MAX) return whole;
  throw invalid(name, 'more than nothing and at most thirty days');
}

function invalid(name: string, must: string): GridError {
  return new GridError('spec-invalid', `The job was refused: ${name} must be ${must}.`);
}

function infeasible(what: string): GridError {
  return new GridError('infeasible', `The job requires ${what}.`);
}
