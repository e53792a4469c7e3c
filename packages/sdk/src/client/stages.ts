import { GridError, type JobId, type JobSpec, type Source } from '@manytabs/protocol';
import type {
  InputSource,
  Job,
  JobHandle,
  JsModule,
  PythonModule,
  ReduceOptions,
  Single,
  StageOptions,
  Task,
  TaskResult,
} from './api.ts';
import { endedError } from './ended-error.ts';
import { type Node, spreadSource, treeSource } from './fold.ts';
import { jsModule } from './modules.ts';
import { SingleJob } from './single-job.ts';

const FAN_IN_DEFAULT = 16;

/** What stages need of the grid. */
export interface StageGrid {
  /** Submits a job whose inputs are values of jobs, once those are submitted. */
  derive<Output, Args>(
    source: Source,
    task: Task<never, Output, Args>,
    options: StageOptions<Args>,
    after: readonly Promise<void>[],
  ): Job<Output>;
  map<Input, Output, Args>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options: StageOptions<Args>,
  ): Job<Output>;
  specOf(id: JobId): Promise<JobSpec>;
  submitSpec(spec: JobSpec, signal: AbortSignal | undefined): Promise<JobId>;
}

/** Jobs that read from jobs. */
export class Stages {
  readonly #grid: StageGrid;

  constructor(grid: StageGrid) {
    this.#grid = grid;
  }

  each<Output, Next, Args>(
    job: JobHandle<Output>,
    task: Task<Output, Next, Args>,
    options: StageOptions<Args>,
  ): Job<Next> {
    return this.#grid.derive(sourceOf([job], 'each'), task as Task<never, Next, Args>, options, [
      job.submitted,
    ]);
  }

  tree<A, Output>(
    job: JobHandle<Output>,
    fn: (a: A, value: Output) => A,
    init: A | undefined,
    options: ReduceOptions<A>,
  ): Single<A> {
    const { fanIn = FAN_IN_DEFAULT, combine, name = 'reduce', quorum, trust } = options;
    if (!Number.isInteger(fanIn) || fanIn < 2) {
      throw new GridError('spec-invalid', 'fanIn must be a whole number from 2 on.');
    }
    const task = jsModule(treeSource(fn, combine, init !== undefined));
    const { priority, signal } = options;
    const given = { name, quorum, trust, priority, signal, args: { init: init ?? null } };
    const source = { ...sourceOf([job], 'tree'), fanIn };
    const tree = this.#grid.derive<A, unknown>(source, task, given, [job.submitted]);
    return new SingleJob<A>(tree, () => lastValue(tree, init));
  }

  one<Output>(
    task: ((...given: never[]) => unknown) | Task<never, Output>,
    args: readonly unknown[],
    options: StageOptions,
  ): Single<Output> {
    const isFunction = typeof task === 'function';
    const name = options.name ?? (isFunction ? task.name || 'submit' : 'submit');
    const input = isFunction || args.length !== 1 ? args : args[0];
    const module = isFunction ? jsModule(spreadSource(task)) : task;
    const job = this.#grid.map<unknown, Output, unknown>([input], module as never, {
      ...options,
      name,
    });
    return single(job);
  }

  gather<Output>(
    name: string,
    task: ((...given: never[]) => unknown) | JsModule | PythonModule,
    nodes: readonly Node[],
    options: StageOptions,
  ): Single<Output> {
    const singles = nodes.map((node) => node instanceof SingleJob);
    const module = typeof task === 'function' ? jsModule(spreadSource(task, singles)) : task;
    const after = nodes.map((node) => node.submitted);
    const source = sourceOf(nodes, 'all');
    return single(this.#grid.derive<Output, unknown>(source, module, { ...options, name }, after));
  }

  async again(id: JobId, { signal }: { signal?: AbortSignal | undefined }): Promise<JobId> {
    const spec = await this.#grid.specOf(id);
    const { rangeFrom: _, ...program } = spec.program;
    const source = { jobs: [id], shape: 'failed', fanIn: 2 } as const;
    const inputs = { kind: 'list', chunks: [], open: true } as const;
    const name = `${spec.name} (again)`.slice(0, 200);
    const again: JobSpec = {
      ...spec,
      name,
      program,
      inputs: { ...inputs, chunks: [] },
      source: { ...source, jobs: [id] },
    };
    return this.#grid.submitSpec(again, signal);
  }
}

function sourceOf(jobs: readonly { readonly id: JobId }[], shape: Source['shape']): Source {
  return { jobs: jobs.map(({ id }) => id), shape, fanIn: FAN_IN_DEFAULT };
}

function single<Output>(job: Job<Output>): Single<Output> {
  return new SingleJob<Output>(job, async () => {
    for await (const row of job.results()) {
      if (row.status === 'rejected') throw row.error;
      return row.value;
    }
    throw endedError(await job.ended()) ?? new GridError('input-empty', 'The job had no input.');
  });
}

/** The value at the root of a tree; the first failure that kept it from being computed is told instead. */
async function lastValue<A>(tree: Job<A>, init: A | undefined): Promise<A> {
  let last: TaskResult<A> | undefined;
  let failed: TaskResult<A> | undefined;
  for await (const row of tree.results()) {
    if (row.status === 'rejected' && (failed === undefined || row.index < failed.index))
      failed = row;
    if (last === undefined || row.index > last.index) last = row;
  }
  if (failed?.status === 'rejected') throw failed.error;
  const stopped = endedError(await tree.ended());
  if (stopped) throw stopped;
  if (last?.status === 'fulfilled') return last.value;
  if (init !== undefined) return init;
  throw new GridError('input-empty', 'Nothing is to be reduced, and no first value was given.');
}
