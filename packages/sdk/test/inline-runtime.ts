import {
  decodeValue,
  encodeValue,
  type JobId,
  Prng,
  type Program,
  toGridError,
} from '@manytabs/protocol';
import type { JobRunner, ProgramBytes, RunListener, RunRequest, Runtime } from '@manytabs/runtime';

type TaskCode = (input: unknown, context: object) => unknown;

/** A runtime without a sandbox, for tests of everything around it: trusted JavaScript in this very process. */
export class InlineRuntime implements Runtime {
  selfTest(): Promise<void> {
    return Promise.resolve();
  }

  async open(_jobId: JobId, program: Program, bytes: ProgramBytes): Promise<JobRunner> {
    const source = Buffer.from(bytes.module).toString('base64');
    const module = await import(/* @vite-ignore */ `data:text/javascript;base64,${source}`);
    return new InlineRunner(program, module[program.module.export] as TaskCode, bytes);
  }

  setWorkers(): void {}
  setDuty(): void {}
  close(): void {}
}

class InlineRunner implements JobRunner {
  readonly #program: Program;
  readonly #task: TaskCode;
  readonly #bytes: ProgramBytes;

  constructor(program: Program, task: TaskCode, bytes: ProgramBytes) {
    this.#program = program;
    this.#task = task;
    this.#bytes = bytes;
  }

  run(request: RunRequest, listener: RunListener): { kill(): void } {
    let killed = false;
    const go = async () => {
      for (let index = request.from; index < request.to && !killed; index++) {
        await this.#one(index, request, listener);
      }
      if (!killed) listener.onEnd();
    };
    void go();
    return {
      kill: () => {
        killed = true;
      },
    };
  }

  hold(): void {}
  close(): void {}

  async #one(index: number, request: RunRequest, listener: RunListener): Promise<void> {
    try {
      const output = await this.#task(this.#input(index, request), this.#context(index, listener));
      listener.onResults(index, 1, encodeValue(output), 0.01);
    } catch (thrown) {
      listener.onTaskFailed(index, 'task-threw', toGridError(thrown, 'task-threw').message, 0.01);
    }
  }

  #input(index: number, { chunk, chunkFrom }: RunRequest): unknown {
    if (!chunk) return (this.#program.rangeFrom ?? 0) + index;
    return (decodeValue(chunk) as unknown[])[index - chunkFrom];
  }

  #context(index: number, listener: RunListener): object {
    const prng = new Prng(this.#program.seed, `${index}`);
    return {
      index,
      args: decodeValue(this.#program.args),
      random: () => prng.float(),
      log: (...values: unknown[]) => listener.onLog(index, values.join(' ')),
      progress: (fraction: number, note = '') => listener.onProgress(index, fraction, note),
      preview: () => {},
      files: { read: async (path: string) => this.#bytes.files.get(path) },
    };
  }
}
