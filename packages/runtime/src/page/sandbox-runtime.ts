import { assert, type JobId, LIMITS, type Program } from '@manytabs/protocol';
import type { JobRunner, ProgramBytes, Runtime } from '../api.ts';
import { PYTHON_FOLDER } from '../shared/python.ts';
import { FrameHost, type FrameOptions } from './frame-host.ts';
import { SandboxJobRunner } from './job-runner.ts';
import { ParkedRunners, programKey } from './parked-runners.ts';
import { PythonStore } from './python-files.ts';
import { selfTest } from './self-test.ts';

/** After a job took the spare frame; not later for the jobs that follow it. */
const REFILL_AFTER_MS = 100;

export interface SandboxOptions {
  /** Workers to run tasks on, at first. */
  readonly workers: number;
  /** Address of sandbox.html; `/sandbox.html` unless said. */
  readonly url?: string;
  /** The page there is served from an origin of its own and keeps it: for browsers that start no worker without one. */
  readonly keepsOrigin?: boolean;
  /** Address of the folder with Python's files; where the grid's server has it unless said. */
  readonly python?: string;
  /** Where hidden frames are put; the body unless said. */
  readonly parent?: HTMLElement;
}

/**
 * Runs strangers' code in sandboxed frames of this page: one frame for each job, and one spare that is already up, so
 * that a job starts within milliseconds.
 */
export class SandboxRuntime implements Runtime {
  readonly #options: FrameOptions;
  readonly #python: PythonStore;
  readonly #runners = new Set<SandboxJobRunner>();
  readonly #parked = new ParkedRunners((runner) => this.#end(runner));
  #workers: number;
  #duty = 1;
  #spare: Promise<FrameHost> | undefined;
  #refill: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: SandboxOptions) {
    assert(options.workers >= 1, 'a runtime has a worker');
    const { url = '/sandbox.html', python = `/${PYTHON_FOLDER}`, parent = document.body } = options;
    this.#python = new PythonStore(python);
    this.#options = { url, parent, keepsOrigin: options.keepsOrigin };
    this.#workers = Math.min(options.workers, LIMITS.WORKERS_PER_VOLUNTEER_MAX);
  }

  /** Makes the spare frame ready before the first job asks for it. @throws {GridError} `sandbox-refused`. */
  async warm(): Promise<void> {
    this.#spare ??= this.#makeFrame();
    await this.#spare;
  }

  async selfTest(): Promise<void> {
    await selfTest((program, bytes) => this.#openRunner(program, bytes));
  }

  async open(
    _jobId: JobId,
    program: Program,
    bytes: ProgramBytes,
    owner?: string | undefined,
  ): Promise<JobRunner> {
    const key = owner === undefined ? undefined : programKey(program, owner);
    const runner = this.#parked.take(key) ?? (await this.#openRunner(program, bytes));
    this.#runners.add(runner);
    let isOpen = true;
    return {
      run: (request, listener) => runner.run(request, listener),
      hold: (held) => runner.hold(held),
      close: () => {
        if (isOpen && (this.#isClosed || !this.#parked.park(key, runner))) this.#end(runner);
        isOpen = false;
      },
    };
  }

  setWorkers(workers: number): void {
    assert(workers >= 1, 'a runtime has a worker');
    this.#workers = Math.min(workers, LIMITS.WORKERS_PER_VOLUNTEER_MAX);
    for (const runner of this.#runners) runner.setWorkers(this.#workers);
    this.#spare?.then((host) => host.api.setWorkers(this.#workers)).catch(() => this.#dropSpare());
  }

  setDuty(duty: number): void {
    assert(duty > 0 && duty <= 1, 'a duty is a share of time');
    this.#duty = duty;
    for (const runner of this.#runners) runner.setDuty(duty);
    this.#spare?.then((host) => host.api.setDuty(duty)).catch(() => this.#dropSpare());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#refill);
    this.#dropSpare();
    this.#parked.clear();
    for (const runner of this.#runners) runner.close();
    this.#runners.clear();
  }

  #end(runner: SandboxJobRunner): void {
    this.#runners.delete(runner);
    runner.close();
  }

  #openRunner(program: Program, bytes: ProgramBytes): Promise<SandboxJobRunner> {
    const source = {
      take: () => this.#take(),
      replace: () => this.#replace(),
      workers: () => this.#workers,
      // A browser that a program steers holds every frame that is made after a crash.
      canReplace: navigator.webdriver !== true,
      python: () => this.#python.files(),
    };
    return SandboxJobRunner.open(source, program, bytes);
  }

  #replace(): Promise<FrameHost> {
    this.#dropSpare();
    this.#refillSoon();
    return this.#makeFrame();
  }

  async #take(): Promise<FrameHost> {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#refillSoon();
    const host = await (spare ?? this.#makeFrame());
    if (!(await host.isAlive())) {
      host.remove();
      return this.#makeFrame();
    }
    this.#dress(host).catch(() => host.remove());
    return host;
  }

  async #makeFrame(): Promise<FrameHost> {
    const host = await FrameHost.open(this.#options);
    await this.#dress(host);
    return host;
  }

  async #dress(host: FrameHost): Promise<void> {
    await Promise.all([host.api.setWorkers(this.#workers), host.api.setDuty(this.#duty)]);
  }

  /** Not at once: the job that took the spare frame comes first. */
  #refillSoon(): void {
    if (this.#isClosed) return;
    this.#refill ??= setTimeout(() => {
      this.#refill = undefined;
      this.#spare ??= this.#makeFrame();
      this.#spare.catch(() => {
        this.#spare = undefined;
      });
    }, REFILL_AFTER_MS);
  }

  #dropSpare(): void {
    this.#spare?.then((host) => host.remove()).catch(() => {});
    this.#spare = undefined;
  }
}
