import { encodeValue, GridError } from '@manytabs/protocol';
import { textOf } from '../shared/text.ts';
import type { WasmPlan } from '../wasm/plan.ts';
import type { ValueType } from '../wasm/sections.ts';
import type { TaskBody } from './task.ts';

type WasmNumber = number | bigint;
type WasmFunction = (...values: WasmNumber[]) => unknown;

/** A task over a compiled module, called as its plan says (docs/spec/runtime.md, RU). */
export function wasmTask(module: WebAssembly.Module, plan: WasmPlan): TaskBody {
  let kept: Instance | undefined = instantiate(module, plan);
  return (input) => {
    const instance = kept ?? instantiate(module, plan);
    // A trap may leave the instance half done, so only a task that ended well hands it on.
    kept = undefined;
    const value = call(instance, plan, input);
    if (!plan.fresh) kept = instance;
    return value;
  };
}

interface Instance {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory | undefined;
}

function instantiate(module: WebAssembly.Module, plan: WasmPlan): Instance {
  const holder: { memory?: WebAssembly.Memory } = {};
  const abort = (message: number, _file: number, line: number, column: number) => {
    throw new Error(`abort: ${abortText(holder.memory, message)} (line ${line}, column ${column})`);
  };
  const instance = makeInstance(module, plan.aborts ? { env: { abort } } : {});
  const { memory } = instance.exports;
  if (memory instanceof WebAssembly.Memory) holder.memory = memory;
  return { exports: instance.exports, memory: holder.memory };
}

function makeInstance(module: WebAssembly.Module, imports: WebAssembly.Imports) {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (thrown) {
    throw new GridError('wasm-invalid', `The WASM module does not start: ${textOf(thrown)}`);
  }
}

function call(instance: Instance, plan: WasmPlan, input: unknown): unknown {
  if (plan.resets) functionOf(instance, 'reset')();
  const task = functionOf(instance, plan.export);
  if (plan.abi === 'bytes') return bytesAt(instance, task(...passBytes(instance, input)));
  const given = Array.isArray(input) ? input : [input];
  if (plan.abi === 'index') return bytesAt(instance, task(...numbers(given, plan.params)));
  return plain(task(...numbers(given, plan.params)));
}

function functionOf(instance: Instance, name: string): WasmFunction {
  return instance.exports[name] as WasmFunction;
}

/** A missing argument is 0; a surplus one is dropped, as WebAssembly's own calls do. */
function numbers(given: readonly unknown[], params: readonly ValueType[]): WasmNumber[] {
  return params.map((type, i) => number(given[i] ?? 0, type));
}

function number(value: unknown, type: ValueType): WasmNumber {
  if (typeof value !== 'number' && typeof value !== 'bigint')
    throw new TypeError(`the export takes numbers, and was given ${typeof value}`);
  if (type === 'i64') return BigInt(value);
  return Number(value);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'bigint') return value;
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** Bytes go in as they are, anything else in the encoding of the wire. */
function passBytes(instance: Instance, input: unknown): [number, number] {
  const bytes = input instanceof Uint8Array ? input : encodeValue(input);
  const pointer = Number(functionOf(instance, 'alloc')(bytes.length)) >>> 0;
  memoryAt(instance, pointer, bytes.length).set(bytes);
  return [pointer, bytes.length];
}

/** `pointer << 32 | length`. */
function bytesAt(instance: Instance, packed: unknown): Uint8Array {
  const bits = BigInt.asUintN(64, packed as bigint);
  return memoryAt(instance, Number(bits >> 32n), Number(bits & 0xffffffffn)).slice();
}

function memoryAt({ memory }: Instance, pointer: number, length: number): Uint8Array {
  const size = memory?.buffer.byteLength ?? 0;
  if (!memory || pointer + length > size)
    throw new RangeError(
      `bytes ${pointer} to ${pointer + length} lie outside a memory of ${size} bytes`,
    );
  return new Uint8Array(memory.buffer, pointer, length);
}

/** AssemblyScript keeps a string as UTF-16 with its byte length in the word before it. */
function abortText(memory: WebAssembly.Memory | undefined, pointer: number): string {
  if (!memory || pointer < 4 || pointer > memory.buffer.byteLength) return '';
  const view = new DataView(memory.buffer);
  const length = Math.min(view.getUint32(pointer - 4, true), memory.buffer.byteLength - pointer);
  const bytes = new Uint8Array(memory.buffer, pointer, Math.min(length, 2000));
  return new TextDecoder('utf-16le').decode(bytes);
}
