import { GridError } from '@manytabs/protocol';
import type { InputFile } from '../input-file.ts';
import { decoded, isFields } from './text.ts';

/** What one run of a WASI command is given. */
export interface Command {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array;
  /** Bytes by path, as the submitter wrote them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const PARTS = new Set(['args', 'env', 'stdin', 'files']);

/**
 * A task's input as a command: `{args, env, stdin, files}`, or text or bytes for stdin, or a number as the one argument.
 * What the job's `args` say holds for all of its tasks: arguments come before a task's own, the rest is replaced by it.
 * @throws {GridError} `input-invalid`, naming the part.
 */
export function commandOf(input: unknown, shared: unknown): Command {
  const common = parse(Array.isArray(shared) ? { args: shared } : shared, 'args');
  const own = parse(input, 'input');
  return {
    args: [...common.args, ...own.args],
    env: { ...common.env, ...own.env },
    stdin: own.stdin ?? common.stdin ?? new Uint8Array(),
    files: new Map([...common.files, ...own.files]),
  };
}

/** Where arguments of the job name the file of a task. */
const PLACE = '{}';

/**
 * A file of the grid as a command: it lies at its path, is stdin unless something else was given for it, and its path is
 * the last argument, or stands where arguments of the job say `{}`. An input with arguments of its own gets no other.
 */
export function fileCommandOf({ path, content, rest }: InputFile, shared: unknown): Command {
  const own = commandOf(rest, shared);
  const common = parse(Array.isArray(shared) ? { args: shared } : shared, 'args');
  const isStdinGiven = Object.hasOwn(rest, 'stdin') || common.stdin !== undefined;
  return {
    ...own,
    args: Object.hasOwn(rest, 'args') ? own.args : withPath(own.args, path),
    stdin: isStdinGiven ? own.stdin : content,
    files: new Map([...own.files, [path, content]]),
  };
}

function withPath(args: readonly string[], path: string): string[] {
  if (!args.some((arg) => arg.includes(PLACE))) return [...args, path];
  return args.map((arg) => arg.replaceAll(PLACE, path));
}

type Parsed = Omit<Command, 'stdin'> & { readonly stdin: Uint8Array | undefined };

function parse(given: unknown, what: string): Parsed {
  const fields = fieldsOf(given, what);
  const unknown = Object.keys(fields).find((key) => !PARTS.has(key));
  if (unknown !== undefined)
    throw wrong(`${what} has "${unknown}"; a WASI command takes args, env, stdin and files`);
  const { args, env, stdin, files } = fields;
  return {
    args: argsOf(args, what),
    env: envOf(env, what),
    stdin: stdin === undefined || stdin === null ? undefined : decoded(stdin, `${what}.stdin`),
    files: filesOf(files, what),
  };
}

function fieldsOf(given: unknown, what: string): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (typeof given === 'string' || given instanceof Uint8Array) return { stdin: given };
  if (typeof given === 'number' || typeof given === 'bigint') return { args: [given] };
  if (isFields(given)) return given;
  throw wrong(`${what} is neither an object, text nor a number`);
}

function argsOf(args: unknown, what: string): string[] {
  if (args === undefined || args === null) return [];
  if (!Array.isArray(args)) throw wrong(`${what}.args is no list`);
  return args.map((arg, i) => scalar(arg, `${what}.args[${i}]`));
}

function envOf(env: unknown, what: string): Record<string, string> {
  if (env === undefined || env === null) return {};
  if (!isFields(env)) throw wrong(`${what}.env is no object`);
  const entries = Object.entries(env).map(([name, value]) => {
    if (name === '' || /[=\0]/.test(name)) throw wrong(`${what}.env has the name "${name}"`);
    return [name, scalar(value, `${what}.env.${name}`)];
  });
  return Object.fromEntries(entries);
}

function filesOf(files: unknown, what: string): Map<string, Uint8Array> {
  if (files === undefined || files === null) return new Map();
  if (!isFields(files)) throw wrong(`${what}.files is no object of path and content`);
  const entries = Object.entries(files);
  return new Map(
    entries.map(([path, content]) => [path, decoded(content, `${what}.files["${path}"]`)]),
  );
}

/** C ends a string at its first zero byte. */
function scalar(value: unknown, what: string): string {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  if (!isPlain) throw wrong(`${what} is no text or number`);
  const text = String(value);
  if (text.includes('\0')) throw wrong(`${what} has a zero byte`);
  return text;
}

function wrong(why: string): GridError {
  return new GridError('input-invalid', `The ${why}.`);
}
