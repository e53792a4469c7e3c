import { GridError } from '@manytabs/protocol';
import type { PythonLoader } from '../../shared/wire.ts';
import { natives } from '../natives.ts';
import type { Pyodide } from './pyodide.ts';

/** What Pyodide's own code asks of a worker while it starts; all of it is gone afterwards. */
const ROOT = 'python:/';
/** No package but the standard library. */
const LOCK = {
  info: { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten_5_0_3', python: '3.14.2' },
  packages: {},
};

type Scope = Record<string, unknown>;

export interface BootOptions {
  /** Fills bytes with what the task may draw. */
  readonly fill: (bytes: Uint8Array) => void;
}

/**
 * Starts Python in this worker, out of files that are at hand: nothing is fetched.
 * @throws {GridError} `task-crashed`
 */
export async function bootPython(loader: PythonLoader, options: BootOptions): Promise<Pyodide> {
  const scope = globalThis as unknown as Scope;
  keep(scope, options);
  const restore = lend(scope, loader);
  try {
    const { loadPyodide } = await importBlob(loader.pyodide);
    const { default: createPyodideModule } = await importBlob(loader.asm);
    return await (loadPyodide as (options: object) => Promise<Pyodide>)({
      indexURL: ROOT,
      stdLibURL: `${ROOT}python_stdlib.zip`,
      lockFileContents: LOCK,
      packageBaseUrl: ROOT,
      createPyodideModule,
      convertNullToNone: true,
      env: { PYTHONHASHSEED: '0', HOME: '/work', TZ: 'UTC', LANG: 'C.UTF-8' },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('task-crashed', `Python does not start: ${why}`, { cause });
  } finally {
    restore();
  }
}

async function importBlob(blob: Blob): Promise<Record<string, unknown>> {
  if (natives.importSource)
    return natives.importSource(new Uint8Array(await natives.blobBytes.call(blob)));
  const script = new natives.Blob([blob], { type: 'text/javascript' });
  const url = natives.createObjectURL(script);
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    natives.revokeObjectURL(url);
  }
}

/** Stays as long as the worker: harmless forms of what Pyodide uses now and then. */
function keep(scope: Scope, { fill }: BootOptions): void {
  scope.crypto = {
    getRandomValues: (view: ArrayBufferView) => {
      fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      return view;
    },
  };
  scope.FinalizationRegistry ??= class {
    register(): void {}
    unregister(): void {}
  };
  scope.WeakRef ??= class {
    readonly #target: unknown;
    constructor(target: unknown) {
      this.#target = target;
    }
    deref(): unknown {
      return this.#target;
    }
  };
}

/** Lends Pyodide a worker's names while it starts; gives back what takes them away. */
function lend(scope: Scope, loader: PythonLoader): () => void {
  const wasm = WebAssembly as unknown as Scope;
  const { instantiateStreaming } = wasm;
  wasm.instantiateStreaming = async (_response: unknown, imports: WebAssembly.Imports) => ({
    module: loader.wasm,
    instance: await WebAssembly.instantiate(loader.wasm, imports),
  });
  const lent: Scope = {
    WorkerGlobalScope: workerScope(),
    location: { toString: () => ROOT },
    URL: Address,
    fetch: (address: Address) => fetchHere(address, loader),
  };
  Object.assign(scope, lent);
  return () => {
    wasm.instantiateStreaming = instantiateStreaming;
    for (const name of Object.keys(lent)) delete scope[name];
  };
}

/** A class that this very realm is an instance of. */
function workerScope(): unknown {
  function WorkerScope(): void {}
  Object.defineProperty(WorkerScope, Symbol.hasInstance, { value: () => true });
  return WorkerScope;
}

class Address {
  readonly href: string;

  constructor(path: unknown) {
    this.href = String(path);
  }

  toString(): string {
    return this.href;
  }
}

/** The standard library is the one file whose bytes are read; of the module its name is enough. */
function fetchHere(address: Address, { stdlib }: PythonLoader): Promise<unknown> {
  const isLibrary = String(address).endsWith('.zip');
  const arrayBuffer = () => natives.blobBytes.call(isLibrary ? stdlib : new natives.Blob([]));
  return Promise.resolve({ ok: true, arrayBuffer });
}
