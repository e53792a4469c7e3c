import { type Fd, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { GridError } from '@manytabs/protocol';
import { textOf } from '../../shared/text.ts';
import { WASI_MODULE } from '../../wasm/wasi.ts';
import type { Context } from '../context.ts';
import type { Command } from './command.ts';
import { Lines, Stream } from './stream.ts';
import { systemImports } from './system.ts';
import { type Encoded, encoded } from './text.ts';
import { Tree } from './tree.ts';

/** `argv[0]`. */
const PROGRAM = 'program';
/** Of stderr, in the message of a program that trapped. */
const LAST_WORDS_CHARS = 500;

/** What a WASI command leaves behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: Encoded;
  readonly stderr: Encoded;
  readonly files: Readonly<Record<string, Encoded>>;
}

/** Runs a WASI command from its start, in an instance and a file tree of its own. */
export function runCommand(
  module: WebAssembly.Module,
  command: Command,
  context: Pick<Context, 'seed' | 'log' | 'checkpoint' | 'restore'>,
  bytesMax: number,
): Outcome {
  const tree = new Tree(command.files, context);
  const lines = new Lines((line) => context.log(line));
  const stdout = new Stream(bytesMax);
  const stderr = new Stream(bytesMax, (bytes) => lines.add(bytes));
  const fds = [new OpenFile(new File(command.stdin)), stdout, stderr, tree.preopened];
  try {
    const code = start(module, command, fds, context.seed);
    return {
      code,
      stdout: encoded(stdout.bytes),
      stderr: encoded(stderr.bytes),
      files: encodedFiles(tree.changed(), bytesMax),
    };
  } catch (thrown) {
    throw trapped(thrown, stderr);
  } finally {
    lines.end();
  }
}

function start(module: WebAssembly.Module, command: Command, fds: Fd[], seed: number): number {
  const env = Object.entries(command.env).map(([name, value]) => `${name}=${value}`);
  const args = [PROGRAM, ...command.args];
  const shim = new WASI(args, env, fds, { debug: false });
  const memory = () => shim.inst.exports.memory.buffer;
  const sizes = { args_sizes_get: sizesOf(args, memory) };
  const imports = { ...shim.wasiImport, ...systemImports(seed, memory), ...sizes };
  const instance = new WebAssembly.Instance(module, { [WASI_MODULE]: imports });
  return shim.start(instance as Parameters<WASI['start']>[0]) | 0;
}

/** The library counts the characters of arguments where the program needs room for their bytes. */
function sizesOf(args: readonly string[], memory: () => ArrayBuffer) {
  const encoder = new TextEncoder();
  const bytes = args.reduce((sum, arg) => sum + encoder.encode(arg).length + 1, 0);
  return (countAt: number, bytesAt: number) => {
    const view = new DataView(memory());
    view.setUint32(countAt, args.length, true);
    view.setUint32(bytesAt, bytes, true);
    return 0;
  };
}

function encodedFiles(
  files: ReadonlyMap<string, Uint8Array>,
  bytesMax: number,
): Record<string, Encoded> {
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (bytes > bytesMax)
    throw new GridError(
      'output-too-large',
      `The program left ${bytes} bytes in files; at most ${bytesMax} are allowed.`,
    );
  return Object.fromEntries([...files].map(([path, content]) => [path, encoded(content)]));
}

function trapped(thrown: unknown, stderr: Stream): unknown {
  if (thrown instanceof GridError) return thrown;
  const words = new TextDecoder().decode(stderr.bytes).trim().slice(-LAST_WORDS_CHARS);
  const said = words === '' ? '' : `; its last words: ${words}`;
  return new GridError('task-threw', `The program trapped: ${textOf(thrown)}${said}`);
}
