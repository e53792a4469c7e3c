import { GridError } from '@manytabs/protocol';
import type {
  JsModule,
  PythonModule,
  Typed,
  WasiContent,
  WasiInput,
  WasiModule,
  WasmModule,
} from './api.ts';

/** An ES module's source, complete in itself, as a task. */
export function jsModule(source: string, exportName?: string): JsModule;
export function jsModule<Input, Output>(
  source: string,
  exportName?: string,
): JsModule & Typed<Input, Output>;
export function jsModule(source: string, exportName = 'default'): JsModule {
  return { kind: 'js', source, export: exportName };
}

/** A WASM module as a task; docs/spec/runtime.md says how its export is called. */
export function wasm(bytes: Uint8Array, options: { export: string }): WasmModule;
export function wasm<Input, Output>(
  bytes: Uint8Array,
  options: { export: string },
): WasmModule & Typed<Input, Output>;
export function wasm(bytes: Uint8Array, options: { export: string }): WasmModule {
  return { kind: 'wasm', bytes, export: options.export };
}

/** Each part is the same for all runs, or made of the input. */
export interface WasiOptions<Input> {
  readonly args?: WasiInput['args'] | ((input: Input, index: number) => WasiInput['args']);
  readonly env?: WasiInput['env'] | ((input: Input, index: number) => WasiInput['env']);
  readonly stdin?: WasiContent | ((input: Input, index: number) => WasiContent | undefined);
  readonly files?: WasiInput['files'] | ((input: Input, index: number) => WasiInput['files']);
}

/**
 * A program compiled for `wasm32-wasi` as a task; its result is a WasiResult. From an address it is fetched first.
 * @throws {GridError} `unreachable`, `file-missing` (as a rejection)
 */
export function wasi<Input = unknown>(
  bytes: Uint8Array,
  options?: WasiOptions<Input>,
): WasiModule<Input>;
export function wasi<Input = unknown>(
  url: string | URL,
  options?: WasiOptions<Input>,
): Promise<WasiModule<Input>>;
export function wasi<Input>(
  source: Uint8Array | string | URL,
  options: WasiOptions<Input> = {},
): WasiModule<Input> | Promise<WasiModule<Input>> {
  if (source instanceof Uint8Array) return wasiModule(source, options);
  return fetched(source).then((bytes) => wasiModule(bytes, options));
}

/** A script of Python, or the address of one, as a task: `entry` is called with the input and the context. */
export function python(source: string, options?: { entry?: string }): PythonModule;
export function python(url: URL, options?: { entry?: string }): Promise<PythonModule>;
export function python<Input, Output>(
  source: string,
  options?: { entry?: string },
): PythonModule & Typed<Input, Output>;
export function python<Input, Output>(
  url: URL,
  options?: { entry?: string },
): Promise<PythonModule & Typed<Input, Output>>;
export function python(
  source: string | URL,
  { entry = 'main' }: { entry?: string } = {},
): PythonModule | Promise<PythonModule> {
  if (typeof source === 'string') return { kind: 'python', source, export: entry };
  return fetched(source).then((bytes) => python(new TextDecoder().decode(bytes), { entry }));
}

const PARTS = ['args', 'env', 'stdin', 'files'] as const;

function wasiModule<Input>(bytes: Uint8Array, options: WasiOptions<Input>): WasiModule<Input> {
  const made = PARTS.filter((part) => typeof options[part] === 'function');
  const { files, ...rest } = options;
  const fixed = Object.entries(rest).filter(([, part]) => typeof part !== 'function');
  const prepare = (input: Input, index: number): WasiInput =>
    Object.fromEntries(
      made.map((part) => [part, (options[part] as (...given: unknown[]) => unknown)(input, index)]),
    );
  return {
    kind: 'wasi',
    bytes,
    export: '_start',
    ...(made.length > 0 && { prepare }),
    ...(fixed.length > 0 && { shared: Object.fromEntries(fixed) }),
    ...(files && typeof files !== 'function' && { files: contents(files) }),
  };
}

function contents(files: NonNullable<WasiInput['files']>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([path, file]) => [path, bytesOf(file)]));
}

function bytesOf(content: WasiContent): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return Uint8Array.from(atob(content.base64), (char) => char.charCodeAt(0));
}

async function fetched(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new GridError('unreachable', `${url} cannot be fetched.`, { cause });
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new GridError('file-missing', `The server answers ${response.status} to ${url}.`);
}
