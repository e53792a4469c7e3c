import { GridError } from '@manytabs/protocol';
import { textOf } from '../shared/text.ts';
import type { WorkerProgram } from '../shared/wire.ts';
import { type CheckBody, checkBody, type Judge } from './check-body.ts';
import type { Context } from './context.ts';
import { natives } from './natives.ts';
import { type PythonParts, pythonTask } from './python/task.ts';
import { wasiTask } from './wasi/task.ts';
import { wasmTask } from './wasm-task.ts';

export type TaskBody = (input: unknown, context: Context) => unknown;

/** What a program does with an input, and, where it can, with a result of somebody else. */
export interface LoadedTask {
  readonly run: TaskBody;
  readonly check?: CheckBody | undefined;
}

/** @throws {GridError} `syntax-error`, `export-missing`, `wasm-invalid`. */
export async function loadTask(program: WorkerProgram, parts: PythonParts): Promise<LoadedTask> {
  const { code } = program;
  if (code.kind === 'wasm') return { run: wasmTask(code.module, code.plan) };
  if (code.kind === 'wasi') return { run: await wasiTask(code.module, program) };
  if (code.kind === 'python') return { run: await pythonTask(code, program, parts) };
  const module = await importModule(code.source);
  const run = exported(module, code.export) as TaskBody;
  if (!code.check) return { run };
  const { kind, export: name } = code.check;
  return { run, check: checkBody(kind, exported(module, name) as Judge, run) };
}

function exported(module: Record<string, unknown>, name: string): unknown {
  const found = module[name];
  if (typeof found === 'function') return found;
  const names = Object.keys(module).slice(0, 20).join(', ').slice(0, 500);
  throw new GridError(
    'export-missing',
    `The module exports no function "${name}"; it exports: ${names || 'nothing'}.`,
  );
}

async function importModule(source: Uint8Array): Promise<Record<string, unknown>> {
  if (natives.importSource) return natives.importSource(source).catch(refuse);
  const blob = new natives.Blob([source.slice()], { type: 'text/javascript' });
  const url = natives.createObjectURL(blob);
  try {
    return await import(/* @vite-ignore */ url);
  } catch (thrown) {
    return refuse(thrown);
  } finally {
    natives.revokeObjectURL(url);
  }
}

function refuse(thrown: unknown): never {
  throw new GridError('syntax-error', `The module cannot be loaded: ${textOf(thrown)}`);
}
