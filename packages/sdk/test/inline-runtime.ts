import {
  decodeValue,
  encodeValue,
  type JobId,
  outputPath,
  Prng,
  type Program,
  toGridError,
  type WrittenFile,
  wrapOutput,
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
      const written: WrittenFile[] = [];
      const context = this.#context(index, listener, written);
      const output = await this.#task(this.#input(index, request), context);
      listener.onResults(index, 1, encodeValue(wrapOutput(output, written)), 0.01);
    } catch (thrown) {
      listener.onTaskFailed(index, 'task-threw', toGridError(thrown, 'task-threw').message, 0.01);
    }
  }

  #input(index: number, { chunk, chunkFrom }: RunRequest): unknown {
    if (!chunk) return (this.#program.rangeFrom ?? 0) + index;
    return (decodeValue(chunk) as unknown[])[index - chunkFrom];
  }

  #files(listener: RunListener, written: WrittenFile[]): object {
    const read = async (path: string, offset: number, length: number) =>
      this.#bytes.files.get(path)?.slice(offset, offset + length) ??
      listener.onRead?.(path, offset, length);
    return {
      read: (path: string) => read(path, 0, Number.MAX_SAFE_INTEGER),
      open: (path: string) => ({
        read: (from: number, length: number) => read(path, from, length),
      }),
      write: async (path: string, bytes: Uint8Array) =>
        void written.push({ path: outputPath(path), bytes }),
    };
  }

  #context(index: number, listener: RunListener, written: WrittenFile[]): object {
    const prng = new Prng(this.#program.seed, `${index}`);
    return {
      index,
      args: decodeValue(this.#program.args),
      random: () => prng.float(),
      log: (...values: unknown[]) => listener.onLog(index, values.join(' ')),
      progress: (fraction: number, note = '') => listener.onProgress(index, fraction, note),
      preview: (image: Parameters<RunListener['onPreview']>[1]) => listener.onPreview(index, image),
      files: this.#files(listener, written),
    };
  }
}
