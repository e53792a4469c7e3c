import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// Programs for WASI tests, built from source: AssemblyScript, which npm brings, and C where a compiler for it is here.

/** What AssemblyScript needs to say to speak WASI: the functions as their C declarations are. */
const PRELUDE = `
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, iovs: usize, count: u32, written: usize): u32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: u32, iovs: usize, count: u32, got: usize): u32;
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(argv: usize, buffer: usize): u32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(dir: u32, flags: u32, path: usize, length: u32, oflags: u32, rights: u64, more: u64, fdflags: u32, fd: usize): u32;
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: u32): u32;
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: u32, precision: u64, at: usize): u32;
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(at: usize, length: u32): u32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

const iov = memory.data(16);
const word = memory.data(16);
function write(fd: u32, text: string): u32 {
  const bytes = String.UTF8.encode(text);
  store<u32>(iov, changetype<usize>(bytes));
  store<u32>(iov + 4, bytes.byteLength);
  return fd_write(fd, iov, 1, word);
}
function read(fd: u32): string {
  const buffer = new ArrayBuffer(65536);
  let length = 0;
  for (;;) {
    store<u32>(iov, changetype<usize>(buffer) + length);
    store<u32>(iov + 4, 65536 - length);
    if (fd_read(fd, iov, 1, word) != 0 || load<u32>(word) == 0) break;
    length += load<u32>(word);
  }
  return String.UTF8.decode(buffer.slice(0, length));
}
function open(path: string, oflags: u32): u32 {
  const bytes = String.UTF8.encode(path);
  if (path_open(3, 0, changetype<usize>(bytes), bytes.byteLength, oflags, -1, -1, 0, word) != 0) return 0;
  return load<u32>(word);
}
function args(): string[] {
  args_sizes_get(word, word + 4);
  const count = load<u32>(word);
  const argv = new ArrayBuffer(count * 4);
  const buffer = new ArrayBuffer(load<u32>(word + 4));
  args_get(changetype<usize>(argv), changetype<usize>(buffer));
  const list: string[] = [];
  for (let i: u32 = 0; i < count; i++)
    list.push(String.UTF8.decodeUnsafe(load<u32>(changetype<usize>(argv) + i * 4), 4096, true));
  return list;
}
function now(): u64 {
  clock_time_get(0, 1, word);
  return load<u64>(word);
}
function chance(): u32 {
  random_get(word, 4);
  return load<u32>(word);
}
`;

/** A command whose `_start` has this body. */
export async function wasiProgram(body: string): Promise<Uint8Array<ArrayBuffer>> {
  const { default: asc } = await import('assemblyscript/asc');
  const source = `${PRELUDE}\nexport function _start(): void {${body}}`;
  const { binary, error, stderr } = await asc.compileString(source, {
    runtime: 'minimal',
    use: 'abort=',
    optimizeLevel: 2,
  });
  if (!binary) throw error ?? new Error(stderr.toString());
  return new Uint8Array(binary);
}

const CLANG = ['--target=wasm32-wasi', '--sysroot=/usr', '-I/usr/include/wasm32-wasi'];
const LIBRARIES = '-L/usr/lib/wasm32-wasi';

/** A C program compiled by the clang of this machine; undefined where it cannot compile for WASI. */
export async function cProgram(source: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'manytabs-c-'));
  const [from, to] = [join(folder, 'program.c'), join(folder, 'program.wasm')];
  try {
    await writeFile(from, source);
    await promisify(execFile)('clang', [...CLANG, LIBRARIES, '-O2', from, '-o', to]);
    return new Uint8Array(await readFile(to));
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
