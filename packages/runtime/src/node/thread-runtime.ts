import source from 'virtual:manytabs-thread-worker';
import { GridError, type JobId, LIMITS, type Program } from '@manytabs/protocol';
import type { JobRunner, ProgramBytes, RunListener, RunRequest, Runtime } from '../api.ts';
import { Pool } from '../frame/pool.ts';
import { PageRun } from '../page/page-run.ts';
import type { FrameEvent, PythonFiles } from '../shared/wire.ts';
import { threadAsWorker } from './thread.ts';

export interface ThreadOptions {
  readonly workers: number;
  /** An ES module as a script that gives a function of its exports. */
  readonly scriptOf: (module: Uint8Array) => Uint8Array;
  /** Python's files, its scripts as `scriptOf` gives them. @throws {GridError} `infeasible` */
  readonly python: () => Promise<PythonFiles>;
}

/**
 * Tasks in threads of this process, with the same worker, limits and determinism as in a tab. It is for the machine's own
 * owner: a thread has no globals of Node, no `require` and no `import`, yet Node's threads are no boundary against
 * somebody who looks for a way out; the sandbox of a browser is.
 */
export class ThreadRuntime implements Runtime {
  readonly #options: ThreadOptions;
  readonly #runners = new Set<ThreadRunner>();
  #workers: number;
  #duty = 1;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#workers = Math.min(options.workers, LIMITS.WORKERS_PER_VOLUNTEER_MAX);
  }

  selfTest(): Promise<void> {
    return Promise.resolve();
  }

  async open(_jobId: JobId, program: Program, bytes: ProgramBytes): Promise<JobRunner> {
    const runner = new ThreadRunner(program.memoryMB, (one) => this.#runners.delete(one));
    this.#runners.add(runner);
    runner.pool.setWorkers(this.#workers);
    runner.pool.setDuty(this.#duty);
    const isScript = program.module.kind === 'js';
    const module = isScript ? this.#options.scriptOf(bytes.module) : bytes.module;
    await runner.open(program, { ...bytes, module }, this.#options.python);
    return runner;
  }

  setWorkers(workers: number): void {
    this.#workers = workers;
    for (const { pool } of this.#runners) pool.setWorkers(workers);
  }

  setDuty(duty: number): void {
    this.#duty = duty;
    for (const { pool } of this.#runners) pool.setDuty(duty);
  }

  close(): void {
    for (const runner of [...this.#runners]) runner.close();
  }
}

class ThreadRunner implements JobRunner {
  readonly pool: Pool;
  readonly #runs = new Map<number, PageRun>();
  readonly #onClosed: (runner: ThreadRunner) => void;
  #made = 0;

  constructor(memoryMB: number | undefined, onClosed: (runner: ThreadRunner) => void) {
    this.pool = new Pool(
      () => threadAsWorker(source, memoryMB),
      (event) => this.#hear(event),
    );
    this.#onClosed = onClosed;
  }

  async open(
    program: Program,
    { module, files }: ProgramBytes,
    python: ThreadOptions['python'],
  ): Promise<void> {
    const { module: kind, ...rest } = program;
    const refusal = await this.pool.open({
      ...rest,
      kind: kind.kind,
      export: kind.export,
      check: program.check,
      rangeFrom: program.rangeFrom,
      determinism: program.determinism,
      memoryMB: program.memoryMB,
      module,
      files,
      python: kind.kind === 'python' ? await this.#orClose(python()) : undefined,
    });
    if (!refusal) return;
    this.close();
    throw new GridError(refusal.code, refusal.message);
  }

  async #orClose<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  run(request: RunRequest, listener: RunListener): { kill(): void } {
    const id = this.#made++;
    const run = new PageRun(request, listener);
    this.#runs.set(id, run);
    this.pool.run(run.order(id));
    return {
      kill: () => {
        if (this.#runs.delete(id)) this.pool.kill(id);
      },
    };
  }

  hold(held: boolean): void {
    this.pool.hold(held);
  }

  close(): void {
    this.#runs.clear();
    this.pool.close();
    this.#onClosed(this);
  }

  #hear(event: FrameEvent): void {
    if (event.type === 'pong') return;
    const run = this.#runs.get(event.run);
    if (!run) return;
    if (event.type === 'started') run.isStarted = true;
    else if (event.type === 'talk') run.hearTalk(event.talk);
    else if (event.type === 'parts') run.hearParts(event.parts);
    else void run.read(event.read).then((answer) => this.pool.answer(event.run, answer));
    if (run.isDone && this.#runs.delete(event.run)) run.end();
  }
}
