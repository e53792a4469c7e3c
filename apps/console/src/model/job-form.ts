import { GridError, LIMITS } from '@manytabs/protocol';
import {
  type GridFiles,
  type InputSource,
  type MapOptions,
  python,
  range,
  type Task,
  type Trust,
  wasi,
} from 'manytabs';
import { parseNdjson } from './ndjson.ts';
import { combinations, gridSize, parseGrid } from './parameter-grid.ts';

/** What the form of a new job holds, as typed. */
export interface JobDraft {
  readonly language: 'js' | 'ts' | 'python' | 'wasm';
  readonly source: string;
  readonly script: string;
  readonly wasm: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  readonly exportName: string;
  readonly inputs: 'range' | 'list' | 'params' | 'file' | 'grid';
  readonly from: string;
  readonly to: string;
  readonly list: string;
  /** A parameter a line, with the values it takes. */
  readonly params: string;
  /** Paths and patterns of the grid's files, one a line. */
  readonly paths: string;
  readonly file: { readonly name: string; readonly rows: readonly unknown[] } | undefined;
  readonly name: string;
  readonly trust: Trust | 'quorum';
  readonly quorum: string;
  readonly determinism: NonNullable<MapOptions['determinism']> | 'default';
  readonly priority: string;
  readonly timeoutSeconds: string;
  readonly retries: string;
  readonly args: string;
}

export type DraftField = keyof JobDraft;

/** A job ready for `grid.map`. */
export interface Submission {
  readonly inputs: InputSource<unknown>;
  readonly task: Task<unknown, unknown>;
  readonly options: MapOptions<unknown>;
}

export const EMPTY_DRAFT: JobDraft = {
  language: 'js',
  source: `// Runs once for every input, in a sandbox in somebody's tab.
export default function (n, ctx) {
  let steps = 0;
  for (let x = n + 1; x !== 1; steps++) x = x % 2 ? 3 * x + 1 : x / 2;
  return { n: n + 1, steps };
}
`,
  script: `# Runs once for every input, in a sandbox in somebody's tab.
def main(n, ctx):
    steps, x = 0, n + 1
    while x != 1:
        x = 3 * x + 1 if x % 2 else x // 2
        steps += 1
    return {"n": n + 1, "steps": steps}
`,
  wasm: undefined,
  exportName: 'default',
  inputs: 'range',
  from: '0',
  to: '1000',
  list: '',
  params: 'beta: linspace(0.1, 0.5, 9)\nmethod: "euler", "rk4"\n',
  paths: '',
  file: undefined,
  name: '',
  trust: 'standard',
  quorum: '2',
  determinism: 'default',
  priority: '5',
  timeoutSeconds: '60',
  retries: '3',
  args: '',
};

/** Combinations that are made at once. */
const COUNTED_MAX = 200_000;

/** A problem of one field, in words. */
export class DraftError extends GridError {
  readonly field: DraftField;

  constructor(field: DraftField, message: string) {
    super('spec-invalid', message);
    this.field = field;
  }
}

/**
 * @throws {DraftError} for a field that cannot be sent as it stands.
 * @throws {GridError} `input-invalid`, naming the line of the list or of the parameters.
 */
export function submissionOf(draft: JobDraft, files: Pick<GridFiles, 'inputs'>): Submission {
  return { inputs: inputsOf(draft, files), task: taskOf(draft), options: optionsOf(draft) };
}

function inputsOf(draft: JobDraft, files: Pick<GridFiles, 'inputs'>): InputSource<unknown> {
  if (draft.inputs === 'list') return filled('list', parseNdjson(draft.list));
  if (draft.inputs === 'params') return gridOf(draft);
  if (draft.inputs === 'file') {
    if (!draft.file) throw new DraftError('file', 'Choose a CSV or NDJSON file.');
    return filled('file', draft.file.rows);
  }
  if (draft.inputs === 'grid') return filesAt(pathsOf(draft), files);
  const from = integer(draft, 'from', [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  const to = integer(draft, 'to', [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  if (to <= from) throw new DraftError('to', 'The range is empty: “to” must be above “from”.');
  if (to - from > LIMITS.TASKS_PER_JOB_MAX) throw new DraftError('to', 'The range is too long.');
  return range(from, to);
}

/** Small enough to be counted and tried at its middle, or made as it is sent. */
function gridOf({ params }: JobDraft): InputSource<unknown> {
  const grid = parseGrid(params);
  if (grid.length === 0) throw new DraftError('params', 'Give at least one parameter.');
  const all = combinations(grid);
  return gridSize(grid) <= COUNTED_MAX ? [...all] : all;
}

function pathsOf({ paths }: JobDraft): readonly string[] {
  const lines = paths.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new DraftError('paths', 'Name at least one file or pattern.');
  const wrong = lines.findIndex((line) => !line.startsWith('/'));
  if (wrong >= 0) throw new DraftError('paths', `Line ${wrong + 1}: a path begins with “/”.`);
  return lines;
}

async function* filesAt(
  paths: readonly string[],
  files: Pick<GridFiles, 'inputs'>,
): AsyncGenerator<unknown> {
  for (const path of paths) yield* files.inputs(path);
}

function filled(field: DraftField, rows: readonly unknown[]): readonly unknown[] {
  if (rows.length === 0) throw new DraftError(field, 'Give at least one input.');
  return rows;
}

function taskOf(draft: JobDraft): Task<unknown, unknown> {
  const name = draft.exportName.trim();
  if (draft.language === 'wasm') {
    if (!draft.wasm) throw new DraftError('wasm', 'Choose a WASM file.');
    if (name === '') throw new DraftError('exportName', 'Name the function to call.');
    if (name === '_start') return wasi(draft.wasm.bytes);
    return { kind: 'wasm', bytes: draft.wasm.bytes, export: name };
  }
  if (draft.language === 'python') {
    if (draft.script.trim() === '') throw new DraftError('script', 'Write the function to run.');
    return python(draft.script, { entry: name === '' ? 'main' : name });
  }
  if (draft.source.trim() === '') throw new DraftError('source', 'Write the function to run.');
  return { kind: 'js', source: draft.source, export: name === '' ? 'default' : name };
}

function optionsOf(draft: JobDraft): MapOptions<unknown> {
  const trust =
    draft.trust === 'quorum'
      ? { quorum: integer(draft, 'quorum', [1, 64]) }
      : { trust: draft.trust };
  return {
    ...trust,
    ...determinismOf(draft),
    name: nameOf(draft),
    priority: integer(draft, 'priority', [0, 9]),
    timeout: timeoutMs(draft),
    retries: integer(draft, 'retries', [0, 64]),
    args: argsOf(draft),
  };
}

/** TypeScript is one of the ways to write JavaScript. */
const LANGUAGE_OF = { js: 'js', ts: 'js', python: 'python', wasm: 'wasm' } as const;

const DETERMINISM_OF: Readonly<Record<string, JobDraft['language']>> = {
  'strict-js': 'js',
  'strict-wasm': 'wasm',
};

function determinismOf({ determinism, language }: JobDraft): Pick<MapOptions, 'determinism'> {
  if (determinism === 'default') return {};
  const wanted = DETERMINISM_OF[determinism];
  if (wanted !== undefined && wanted !== LANGUAGE_OF[language]) {
    throw new DraftError('determinism', `“${determinism}” does not fit this kind of task.`);
  }
  return { determinism };
}

function nameOf(draft: JobDraft): string {
  const name = draft.name.trim();
  if (name.length > LIMITS.NAME_CHARS_MAX) throw new DraftError('name', 'The name is too long.');
  if (name !== '') return name;
  return draft.language === 'wasm' && draft.wasm ? draft.wasm.name.slice(0, 100) : 'Untitled job';
}

function timeoutMs(draft: JobDraft): number {
  const seconds = Number(draft.timeoutSeconds);
  const max = LIMITS.TASK_TIMEOUT_MS_MAX / 1_000;
  if (draft.timeoutSeconds.trim() === '' || !(seconds > 0 && seconds <= max)) {
    throw new DraftError('timeoutSeconds', `Give a time limit of up to ${max} seconds.`);
  }
  return Math.max(1, Math.round(seconds * 1_000));
}

function argsOf(draft: JobDraft): unknown {
  if (draft.args.trim() === '') return undefined;
  try {
    return JSON.parse(draft.args);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DraftError('args', `The arguments are no JSON: ${why}.`);
  }
}

function integer(draft: JobDraft, field: DraftField, [min, max]: [number, number]): number {
  const text = String(draft[field]).replaceAll(/[\s_,]/g, '');
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw new DraftError(field, `Give a whole number from ${min} to ${max}.`);
  }
  return value;
}
