import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { type BuildFailure, build, type Message } from 'esbuild';
import {
  type JsModule,
  type PythonModule,
  python,
  type WasiModule,
  type WasmModule,
  wasi,
} from 'manytabs';

export type TaskFile = JsModule | PythonModule | WasiModule | WasmModule;

/**
 * What FILE computes: JavaScript and TypeScript with everything they import in one module, a WASM module or a
 * command of WASI, a script of Python. Without `name`, its default export, else the only function it exports; of Python
 * `main`.
 * @throws {GridError} `file-missing`, `usage`, `syntax-error`, `module-unresolved`, `export-missing`, `wasm-invalid`.
 */
export async function readTask(
  file: string,
  name: string | undefined,
  folder: string,
): Promise<TaskFile> {
  const path = resolve(folder, file);
  const read = READERS[extname(file)];
  if (!read)
    throw new GridError('usage', `${file}: a task is a .js, .mjs, .ts, .wasm or .py file.`);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new GridError('file-missing', `There is no file ${file}.`);
  }
  return read(path, name, folder);
}

type Reader = (path: string, name: string | undefined, folder: string) => Promise<TaskFile>;

const READERS: Readonly<Record<string, Reader>> = {
  '.js': readJs,
  '.mjs': readJs,
  '.ts': readJs,
  '.mts': readJs,
  '.wasm': readWasm,
  '.py': readPython,
};

/** Whether the name appears as one that the script defines; Python itself looks closer, on the tabs. */
async function readPython(path: string, name = 'main'): Promise<PythonModule> {
  const source = readFileSync(path, 'utf8');
  if (/^\w+$/.test(name) && new RegExp(`^[^#]*\\b${name}\\b`, 'm').test(source))
    return python(source, { entry: name });
  const message = `${basename(path)} has no function ${name}. Write def ${name}(input, ctx), or name another with --export.`;
  throw new GridError('export-missing', message);
}

async function readJs(path: string, name: string | undefined, folder: string): Promise<JsModule> {
  const { source, exports } = await bundle(path, folder);
  return { kind: 'js', source, export: chooseExport(basename(path), exports, name) };
}

async function bundle(path: string, folder: string) {
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [path],
      absWorkingDir: folder,
      outfile: 'task.js',
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'none',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'silent',
    });
    const exports = Object.values(metafile.outputs)[0]?.exports ?? [];
    return { source: outputFiles[0]?.text ?? '', exports };
  } catch (thrown) {
    throw bundleError(thrown);
  }
}

function bundleError(thrown: unknown): unknown {
  const [first] = (thrown as Partial<BuildFailure>).errors ?? [];
  if (!first) return thrown;
  const isUnresolved = first.text.startsWith('Could not resolve');
  return new GridError(isUnresolved ? 'module-unresolved' : 'syntax-error', placed(first), {
    cause: thrown,
  });
}

function placed({ text, location }: Message): string {
  if (!location) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

const WASI = 'wasi_snapshot_preview1';

/** A module that begins by itself and calls WASI is a command, unless another export is named. */
async function readWasm(path: string, name: string | undefined): Promise<WasmModule | WasiModule> {
  const bytes = new Uint8Array(readFileSync(path));
  const module = await compile(bytes, basename(path));
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
  const names = functions.map((found) => found.name);
  const isCommand = WebAssembly.Module.imports(module).some((entry) => entry.module === WASI);
  if (isCommand && names.includes('_start') && (name ?? '_start') === '_start') return wasi(bytes);
  return { kind: 'wasm', bytes, export: chooseExport(basename(path), names, name) };
}

/** A WASM component begins like a module, but for its version. */
const COMPONENT_VERSION = 0x0d;

async function compile(bytes: Uint8Array<ArrayBuffer>, file: string) {
  if (bytes[0] === 0 && bytes[4] === COMPONENT_VERSION)
    throw new GridError(
      'wasm-invalid',
      `${file} is a component (WASI preview 2); compile it for wasm32-wasip1.`,
    );
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('wasm-invalid', `${file}: ${why}`, { cause });
  }
}

function chooseExport(file: string, exports: readonly string[], name: string | undefined): string {
  const only = exports.length === 1 ? exports[0] : undefined;
  const chosen = name ?? (exports.includes('default') ? 'default' : only);
  if (chosen !== undefined && exports.includes(chosen)) return chosen;
  const found = exports.length === 0 ? 'it exports nothing' : `it exports ${exports.join(', ')}`;
  const wanted = name === undefined ? 'has no default export' : `does not export ${name}`;
  throw new GridError('export-missing', `${file} ${wanted}; ${found}. Name one with --export.`);
}
