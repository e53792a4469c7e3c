import { GridError, isErrorCode, Prng, toGridError } from '@manytabs/protocol';
import { textOf } from '../../shared/text.ts';
import type { WorkerProgram } from '../../shared/wire.ts';
import type { Context } from '../context.ts';
import { isFileInput, readInputFile } from '../input-file.ts';
import { natives } from '../natives.ts';
import type { TaskBody } from '../task.ts';
import type { Written } from '../task-files.ts';
import { bootPython } from './boot.ts';
import { BOOTSTRAP } from './bootstrap.ts';
import type { TaskClock } from './clock.ts';
import { ScriptFiles } from './files.ts';
import { isPyObject, type PyFunction, type PyObject, type Pyodide } from './pyodide.ts';

type PythonCode = Extract<WorkerProgram['code'], { kind: 'python' }>;

export interface PythonParts {
  readonly clock: TaskClock;
  readonly written: Written;
}

/**
 * A task that calls a script's function. Python is started once for each worker; the script's names are made new for
 * each task, what it imports is kept.
 * @throws {GridError} `syntax-error`, `export-missing`, `module-unresolved`, `task-threw`, `task-crashed`
 */
export async function pythonTask(
  code: PythonCode,
  program: WorkerProgram,
  parts: PythonParts,
): Promise<TaskBody> {
  const files = new ScriptFiles(await readAll(program.files), parts.written);
  const start = () => Interpreter.start(code, files, parts.clock);
  let interpreter: Interpreter | undefined = await start();
  const restarted = async (input: unknown, context: Context) => {
    interpreter = await start();
    return interpreter.run(input, context);
  };
  const run = (input: unknown, context: Context) => {
    if (!interpreter) return restarted(input, context);
    try {
      return interpreter.run(input, context);
    } catch (thrown) {
      // Whatever comes through Python's own net has broken Python.
      if (!(thrown instanceof GridError)) interpreter = undefined;
      throw thrown;
    }
  };
  const runOnFile = async (input: Parameters<typeof readInputFile>[0], context: Context) => {
    files.own = await readInputFile(input, context.files);
    return run(input, context);
  };
  return (input, context) => {
    files.own = undefined;
    return isFileInput(input) ? runOnFile(input, context) : run(input, context);
  };
}

async function readAll(files: ReadonlyMap<string, Blob>): Promise<Map<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  for (const [path, blob] of files)
    read.set(path, new Uint8Array(await natives.blobBytes.call(blob)));
  return read;
}

const PLAIN = { dict_converter: Object.fromEntries, create_pyproxies: false };

class Interpreter {
  readonly #python: Pyodide;
  readonly #files: ScriptFiles;
  readonly #clock: TaskClock;
  readonly #run: PyFunction;
  #context: Context | undefined;
  #refusal: GridError | undefined;
  #draws = new Prng(0, 'python');

  private constructor(python: Pyodide, files: ScriptFiles, clock: TaskClock, run: PyFunction) {
    this.#python = python;
    this.#files = files;
    this.#clock = clock;
    this.#run = run;
  }

  static async start(code: PythonCode, files: ScriptFiles, clock: TaskClock): Promise<Interpreter> {
    const own: { interpreter?: Interpreter } = {};
    const start = new Prng(0, 'python');
    const python = await bootPython(code.loader, {
      fill: (bytes) => fill(own.interpreter ? own.interpreter.#draws : start, bytes),
    });
    const say = { batched: (line: string) => own.interpreter?.say(line) };
    python.setStdout(say);
    python.setStderr(say);
    files.mount(python.FS);
    const globals = (python.globals.get('dict') as PyFunction)();
    python.runPython(BOOTSTRAP, { globals, filename: '<manytabs>' });
    const named = globals as { get(name: string): PyFunction };
    named.get('still')({ sleep: (seconds: number) => clock.sleep(seconds) });
    const source = new TextDecoder().decode(code.source);
    refuse(named.get('load')(source, code.export, files.paths()));
    own.interpreter = new Interpreter(python, files, clock, named.get('run'));
    return own.interpreter;
  }

  say(line: string): void {
    this.#context?.log(line);
  }

  run(input: unknown, context: Context): unknown {
    this.#context = context;
    this.#draws = new Prng(context.seed, 'python');
    this.#clock.restart();
    this.#refusal = undefined;
    const { index, seed, args } = context;
    const python = this.#python;
    this.#files.mountOwn(python.FS);
    const answer = this.#run(
      this.#host(context),
      python.toPy(input),
      index,
      seed,
      python.toPy(args),
    );
    if (isPyObject(answer) && answer.type !== 'tuple')
      return (answer as unknown as PromiseLike<PyObject>).then((said) => this.#resultOf(said));
    return this.#resultOf(answer);
  }

  #host(context: Context): object {
    const files = this.#files;
    return {
      file: (path: string) => files.find(path) ?? null,
      paths: () => files.paths(),
      write: (path: string, bytes: Uint8Array) => this.#try(() => files.write(path, bytes)),
      progress: context.progress,
      log: (text: string) => context.log(text),
      checkpoint: (state: unknown) => this.#try(() => context.checkpoint(state)),
      restore: () => this.#python.toPy(context.restore()),
      preview: (width: number, height: number, pixels: PyObject) => {
        const rgba = new Uint8Array(pixels.toJs({}) as Uint8Array);
        context.preview({ width, height, rgba });
      },
    };
  }

  /** Null, or why not, which Python raises; if the script does not catch it, it is the task's error. */
  #try(work: () => void): string | null {
    try {
      work();
      return null;
    } catch (thrown) {
      this.#refusal = toGridError(thrown, 'task-threw');
      return this.#refusal.message;
    }
  }

  /** `(True, value)`, or `(False, what went wrong)`. */
  #resultOf(answer: unknown): unknown {
    const pair = answer as PyObject;
    try {
      const value = pair.get(1);
      if (pair.get(0) === true) return plain(value);
      const text = String(value);
      const refusal = this.#refusal;
      const isRefused = refusal && text.endsWith(refusal.message);
      throw new GridError(isRefused ? refusal.code : 'task-threw', text);
    } finally {
      pair.destroy();
    }
  }
}

function plain(value: unknown): unknown {
  if (!isPyObject(value)) return value;
  const { type } = value;
  try {
    return value.toJs(PLAIN);
  } catch (thrown) {
    const why = textOf(thrown).trim().split('\n').pop();
    throw new GridError(
      'output-not-cloneable',
      `The script returned a ${type} that is or holds what is no plain data (${why}). Return numbers, text, bytes, lists and dicts.`,
    );
  } finally {
    value.destroy();
  }
}

function refuse(refusal: unknown): void {
  if (typeof refusal !== 'string') return;
  const [code, ...lines] = refusal.split('\n');
  throw new GridError(isErrorCode(code) ? code : 'task-threw', lines.join('\n'));
}

function fill(draws: Prng, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = draws.uint32() >>> 24;
}
