import { decodeValue, Prng, wrapOutput } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import { taskSeed } from '../shared/task-seed.ts';
import type { Checkpoint, Preview } from '../shared/wire.ts';
import { natives } from './natives.ts';
import type { Outbox } from './outbox.ts';
import { FileReads, type TaskFiles, taskFiles, Written } from './task-files.ts';
import { type TaskSpace, taskSpace } from './task-space.ts';

/** The `ctx` of a task: what packages/sdk/src/client/api.ts calls TaskContext. */
export interface Context {
  readonly index: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly args: unknown;
  random(): number;
  progress(fraction: number, note?: string): void;
  log(...values: unknown[]): void;
  preview(image: Preview): void;
  checkpoint(state: unknown): void;
  restore(): unknown;
  readonly files: TaskFiles;
  readonly space: TaskSpace;
}

/** Makes contexts cheaply: their functions are shared and speak for the task that runs now. */
export class ContextMaker {
  /** Reads under way, whose answers come from the frame. */
  readonly reads = new FileReads();
  /** What the task that runs now has written. */
  readonly written: Written;
  readonly #outbox: Outbox;
  readonly #jobSeed: number;
  readonly #shared: Omit<Context, 'index' | 'seed'>;
  #index = 0;
  #seed = 0;
  #checkpoint: Checkpoint | undefined;
  #contextDraws: Prng | undefined;
  #mathDraws: Prng | undefined;

  /** `breathe` is called whenever a task says something, and may rest. */
  constructor(outbox: Outbox, program: ContextProgram, breathe: () => void = () => {}) {
    this.#outbox = outbox;
    this.written = new Written(program.outputBytesMax);
    this.#jobSeed = program.seed;
    this.#shared = {
      signal: new natives.AbortController().signal,
      args: freeze(decodeValue(program.args)),
      random: () => this.#random(),
      progress: (fraction, note = '') => {
        outbox.progress(this.#index, fraction, note);
        breathe();
      },
      log: (...values) => this.log(values),
      preview: (image) => {
        outbox.preview(this.#index, image);
        breathe();
      },
      checkpoint: (state) => {
        outbox.checkpoint(this.#index, state);
        breathe();
      },
      restore: () => this.#restored(),
      files: taskFiles(program.files, this.reads, this.written),
      space: taskSpace((operation) => this.reads.call(operation)),
    };
    Math.random = () => this.#mathRandom();
  }

  make(index: number): Context {
    this.written.clear();
    this.#index = index;
    this.#seed = taskSeed(this.#jobSeed, index);
    this.#contextDraws = this.#mathDraws = undefined;
    return { index, seed: this.#seed, ...this.#shared };
  }

  /** Of the order whose tasks come next. */
  resume(checkpoint: Checkpoint | undefined): void {
    this.#checkpoint = checkpoint;
  }

  /** What a task returned, with the files that it wrote. */
  output(value: unknown): unknown {
    return wrapOutput(value, this.written.take());
  }

  log(values: readonly unknown[]): void {
    this.#outbox.log(this.#index, values.map(show).join(' '));
  }

  #restored(): unknown {
    const kept = this.#checkpoint;
    return kept?.index === this.#index ? decodeValue(kept.state) : undefined;
  }

  #random(): number {
    this.#contextDraws ??= new Prng(this.#seed, 'context');
    return this.#contextDraws.float();
  }

  #mathRandom(): number {
    this.#mathDraws ??= new Prng(this.#seed, 'math');
    return this.#mathDraws.float();
  }
}

export interface ContextProgram {
  readonly outputBytesMax: number;
  readonly seed: number;
  readonly args: Uint8Array;
  readonly files: ReadonlyMap<string, Blob>;
}

/** Arguments are shared by all tasks of a worker; a task that changed them would change its neighbours' results. */
function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, BOUNDS.LOG_CHARS_MAX);
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, BOUNDS.LOG_CHARS_MAX);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
