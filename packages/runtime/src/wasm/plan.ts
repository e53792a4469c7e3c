import { type Determinism, GridError } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import { lintCode } from './lint.ts';
import { invalid } from './reader.ts';
import {
  type FunctionType,
  type MemoryType,
  parseMemories,
  parseWasm,
  type ValueType,
  type WasmImport,
  type WasmShape,
} from './sections.ts';

/** How the export is called. `numbers`: over numbers. `bytes`: bytes in and out. `index`: a number in, bytes out. */
export type WasmAbi = 'numbers' | 'bytes' | 'index';

/** What a job says of its modules. */
export interface WasmRules {
  readonly determinism?: Determinism | undefined;
  readonly memoryMB?: number | undefined;
}

export interface WasmPlan {
  readonly export: string;
  readonly abi: WasmAbi;
  readonly params: readonly ValueType[];
  /** Whether an instance must be made new for each task, so that no task sees what another left behind. */
  readonly fresh: boolean;
  /** Whether the module forgets by itself, in its export `reset`. */
  readonly resets: boolean;
  readonly aborts: boolean;
}

/**
 * Decides how to call `name`, and returns the module's bytes with its memory bounded.
 * @throws {GridError} `wasm-invalid`, `export-missing`.
 */
export function planWasm(
  bytes: Uint8Array,
  name: string,
  rules: WasmRules = {},
): { plan: WasmPlan; bytes: Uint8Array<ArrayBuffer> } {
  const shape = parseWasm(bytes);
  for (const entry of shape.imports) checkImport(entry);
  lint(shape, rules.determinism);
  const type = shape.functions.get(name);
  if (!type) throw exportMissing(name, shape);
  const abi = abiOf(shape, type);
  const resets = signature(shape.functions.get('reset')) === '()->()';
  const plan = {
    export: name,
    abi,
    params: type.params,
    fresh: shape.stateful && !resets,
    resets,
    aborts: shape.imports.length > 0,
  };
  return { plan, bytes: boundMemory(bytes, shape, rules.memoryMB) };
}

/** Where every browser must compute the same bytes, refuses code that need not. @throws {GridError} `wasm-invalid` */
export function lint({ code }: WasmShape, determinism: Determinism | undefined): void {
  const mustAgree = determinism !== 'class' && determinism !== 'tolerant';
  if (mustAgree && code) lintCode(code);
}

function abiOf(shape: WasmShape, type: FunctionType): WasmAbi {
  const hasMemory = shape.memoryExports.has('memory');
  const allocates = signature(shape.functions.get('alloc')) === '(i32)->(i32)';
  if (hasMemory && allocates && signature(type) === '(i32,i32)->(i64)') return 'bytes';
  if (hasMemory && !shape.functions.has('alloc') && signature(type) === '(i32)->(i64)')
    return 'index';
  if ([...type.params, ...type.results].includes('other'))
    throw invalid('its export takes or returns what is no number');
  return 'numbers';
}

function signature(type: FunctionType | undefined): string {
  return type ? `(${type.params.join()})->(${type.results.join()})` : '';
}

/** AssemblyScript's `abort(message, file, line, column)` is the one import a volunteer provides. */
function checkImport({ module, name, type }: WasmImport): void {
  if (module === 'env' && name === 'abort' && signature(type) === '(i32,i32,i32,i32)->()') return;
  throw invalid(`it imports ${module}.${name}, which a volunteer does not provide`);
}

function exportMissing(name: string, shape: WasmShape): GridError {
  const names = [...shape.functions.keys()].slice(0, 20).join(', ').slice(0, 500);
  return new GridError(
    'export-missing',
    `The WASM module exports no function "${name}"; it exports: ${names || 'none'}.`,
  );
}

/** A memory that may grow without end gets the largest maximum that the job asks for, or else a volunteer grants. */
export function boundMemory(
  bytes: Uint8Array,
  shape: Pick<WasmShape, 'memories' | 'memorySection'>,
  memoryMB?: number | undefined,
): Uint8Array<ArrayBuffer> {
  const [memory, second] = shape.memories;
  const { memorySection } = shape;
  if (!memory || !memorySection) return bytes.slice();
  if (second) throw invalid('it has more than one memory');
  checkMemory(memory, memoryMB);
  if (memory.pagesMax !== undefined) return bytes.slice();
  const body = [1, 1, ...leb(memory.pagesMin), ...leb(pagesOf(memoryMB))];
  const section = [5, body.length, ...body];
  const { start, end } = memorySection;
  const bounded = new Uint8Array(start + section.length + bytes.length - end);
  bounded.set(bytes.subarray(0, start));
  bounded.set(section, start);
  bounded.set(bytes.subarray(end), start + section.length);
  return bounded;
}

/** The same for a module whose other parts are trusted; what it wants beyond a volunteer's maximum is cut. */
export function boundMemoryOf(
  bytes: Uint8Array,
  memoryMB?: number | undefined,
): Uint8Array<ArrayBuffer> {
  const { memories, memorySection } = parseMemories(bytes);
  const unbounded = memories.map((memory) => ({ ...memory, pagesMax: undefined }));
  return boundMemory(bytes, { memories: unbounded, memorySection }, memoryMB);
}

function checkMemory(memory: MemoryType, memoryMB: number | undefined): void {
  if (memory.shared) throw invalid('its memory is shared');
  if (memory.wide) throw invalid('its memory is not a plain 32-bit one');
  const pages = Math.max(memory.pagesMax ?? 0, memory.pagesMin);
  if (pages <= pagesOf(memoryMB)) return;
  const verb = memory.pagesMax === undefined ? 'begins with' : 'may grow to';
  const most = memoryMB === undefined ? 'a volunteer gives 1024' : `the job asks for ${memoryMB}`;
  throw invalid(`its memory ${verb} ${pages / 16} MiB, and ${most}`);
}

function pagesOf(memoryMB: number | undefined): number {
  return Math.min(BOUNDS.WASM_PAGES_MAX, (memoryMB ?? Number.POSITIVE_INFINITY) * 16);
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
