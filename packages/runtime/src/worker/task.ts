import { GridError } from '@manytabs/protocol';
import { textOf } from '../shared/text.ts';
import type { WorkerProgram } from '../shared/wire.ts';
import type { Context } from './context.ts';
import { natives } from './natives.ts';
import { type PythonParts, pythonTask } from './python/task.ts';
import { wasiTask } from './wasi/task.ts';
import { wasmTask } from './wasm-task.ts';

export type TaskBody = (input: unknown, context: Context) => unknown;

/** @throws {GridError} `syntax-error`, `export-missing`, `wasm-invalid`. */
export async function loadTask(program: WorkerProgram, parts: PythonParts): Promise<TaskBody> {
  const { code } = program;
  if (code.kind === 'wasm') return wasmTask(code.module, code.plan);
  if (code.kind === 'wasi') return wasiTask(code.module, program);
  if (code.kind === 'python') return pythonTask(code, program, parts);
  const module = await importModule(code.source);
  const task = module[code.export];
  if (typeof task === 'function') return task as TaskBody;
  const names = Object.keys(module).slice(0, 20).join(', ').slice(0, 500);
  throw new GridError(
    'export-missing',
    `The module exports no function "${code.export}"; it exports: ${names || 'nothing'}.`,
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
