import type {
  Graph,
  GraphBuilder,
  InputSource,
  Job,
  JsModule,
  PythonModule,
  Single,
  StageOptions,
  Task,
} from './api.ts';
import type { Node } from './fold.ts';
import { GridJob } from './grid-job.ts';
import type { StageGrid, Stages } from './stages.ts';

type Nodes = Record<string, PromiseLike<unknown>>;

/** Makes the stages of a graph in the order in which they are named: each reads only from ones before it. */
export function buildGraph<N extends Nodes>(
  grid: StageGrid,
  stages: Stages,
  build: (g: GraphBuilder) => N,
): Graph<N> {
  const made: Node[] = [];
  const keep = <J extends Node>(job: J): J => {
    made.push(job);
    return job;
  };
  const builder: GraphBuilder = {
    map: <I, O, A>(
      name: string,
      inputs: InputSource<I> | Job<I>,
      task: Task<I, O, A>,
      options: StageOptions<A> = {},
    ) => {
      const given = { ...options, name };
      if (inputs instanceof GridJob) return keep(stages.each(inputs as Job<I>, task, given));
      return keep(grid.map(inputs as InputSource<I>, task, given)) as Job<O>;
    },
    submit: <O>(
      name: string,
      task: ((...values: never[]) => unknown) | JsModule | PythonModule,
      nodes: readonly Node[],
      options: StageOptions = {},
    ) => keep(stages.gather<O>(name, task, nodes, options)) as Single<O>,
  } as GraphBuilder;
  return new JobGraph(build(builder), made);
}

class JobGraph<N extends Nodes> implements Graph<N> {
  readonly jobs: N;
  readonly #made: readonly Node[];

  constructor(jobs: N, made: readonly Node[]) {
    this.jobs = jobs;
    this.#made = made;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting it gives the values of its jobs; that is its contract.
  then<A = { [Name in keyof N]: Awaited<N[Name]> }, B = never>(
    onFulfilled?: ((values: { [Name in keyof N]: Awaited<N[Name]> }) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const entries = Object.entries(this.jobs);
    const values = Promise.all(entries.map(([, job]) => job)).then((all) =>
      Object.fromEntries(entries.map(([name], i) => [name, all[i]])),
    );
    return (values as Promise<never>).then(onFulfilled, onRejected);
  }

  async cancel(reason?: string): Promise<void> {
    await Promise.allSettled(this.#made.map((job) => job.cancel(reason)));
  }
}
