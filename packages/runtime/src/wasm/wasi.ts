import { boundMemory, lint, type WasmRules } from './plan.ts';
import { invalid } from './reader.ts';
import { parseWasm, type WasmImport } from './sections.ts';

export const WASI_MODULE = 'wasi_snapshot_preview1';

/** Every function of WASI preview 1. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['args_get', 'args_sizes_get', 'environ_get', 'environ_sizes_get', 'clock_res_get'],
  ...['clock_time_get', 'fd_advise', 'fd_allocate', 'fd_close', 'fd_datasync', 'fd_fdstat_get'],
  ...['fd_fdstat_set_flags', 'fd_fdstat_set_rights', 'fd_filestat_get', 'fd_filestat_set_size'],
  ...['fd_filestat_set_times', 'fd_pread', 'fd_prestat_get', 'fd_prestat_dir_name', 'fd_pwrite'],
  ...['fd_read', 'fd_readdir', 'fd_renumber', 'fd_seek', 'fd_sync', 'fd_tell', 'fd_write'],
  ...['path_create_directory', 'path_filestat_get', 'path_filestat_set_times', 'path_link'],
  ...['path_open', 'path_readlink', 'path_remove_directory', 'path_rename', 'path_symlink'],
  ...['path_unlink_file', 'poll_oneoff', 'proc_exit', 'proc_raise', 'sched_yield', 'random_get'],
  ...['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'],
]);

/** A WASM component begins like a module, but for its version. */
const COMPONENT = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/**
 * The bytes of a WASI command with its memory bounded.
 * @throws {GridError} `wasm-invalid`, naming what a volunteer cannot provide.
 */
export function checkWasi(bytes: Uint8Array, rules: WasmRules = {}): Uint8Array<ArrayBuffer> {
  if (COMPONENT.every((byte, i) => bytes[i] === byte))
    throw invalid('it is a component (WASI preview 2); compile it for wasm32-wasip1');
  const shape = parseWasm(bytes);
  for (const entry of shape.imports) checkImport(entry);
  if (!shape.functions.has('_start')) throw invalid('it is no WASI command: it has no _start');
  if (!shape.memoryExports.has('memory')) throw invalid('it does not export its memory');
  lint(shape, rules.determinism);
  return boundMemory(bytes, shape, rules.memoryMB);
}

function checkImport({ module, name }: WasmImport): void {
  if (module === WASI_MODULE && FUNCTIONS.has(name)) return;
  if (module === 'wasi_unstable')
    throw invalid('it is made for WASI before preview 1; compile it with a newer toolchain');
  throw invalid(`it imports ${module}.${name}, which a volunteer does not provide`);
}
