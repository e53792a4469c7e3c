import { expect, test, vi } from 'vitest';
import { cProgram, wasiProgram } from '../../../test/wasi-program.ts';
import { checkWasi } from '../../wasm/wasi.ts';
import { commandOf, fileCommandOf } from './command.ts';
import { runCommand } from './run.ts';

// Compilers take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

interface Given {
  readonly input?: unknown;
  readonly shared?: unknown;
  readonly seed?: number;
  readonly bytesMax?: number;
  readonly restored?: Uint8Array;
}

async function run(
  bytes: Uint8Array,
  { input, shared, seed = 7, bytesMax = 100_000, restored }: Given = {},
) {
  const logs: string[] = [];
  const module = await WebAssembly.compile(checkWasi(bytes));
  const log = (...values: unknown[]) => logs.push(values.join(' '));
  const kept: unknown[] = [];
  const keeper = { checkpoint: (state: unknown) => kept.push(state), restore: () => restored };
  const context = { seed, log, ...keeper };
  const outcome = runCommand(module, commandOf(input, shared), context, bytesMax);
  return { ...outcome, logs, ...(kept.length > 0 ? { kept } : {}) };
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (thrown: { code: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  );
}

const COPY = `
  const name = args().length > 1 ? args()[1] : 'in.txt';
  const text = read(open(name, 0));
  write(open('out.txt', 1), text.toUpperCase());
  write(1, 'copied ' + text.length.toString());
`;

test('[RU60] a command reads its files and leaves those it made or changed', async () => {
  const program = await wasiProgram(COPY);
  const files = { 'in.txt': 'häh', 'unread.bin': { base64: '//8=' } };
  expect(await run(program, { input: { files } })).toEqual({
    code: 0,
    stdout: 'copied 3',
    stderr: '',
    files: { 'out.txt': 'HÄH' },
    logs: [],
  });
});

test('[RU60] paths of results begin with a slash where all of the given ones do', async () => {
  const program = await wasiProgram(COPY);
  const { files } = await run(program, {
    input: { args: ['in/a.txt'], files: { '/in/a.txt': 'a' } },
  });
  expect(files).toEqual({ '/out.txt': 'A' });
});

test('[RU60] bytes that are no UTF-8 come as base64', async () => {
  const program = await wasiProgram(`
    store<u32>(word + 8, 0x00ff00ff);
    store<u32>(iov, word + 8);
    store<u32>(iov + 4, 4);
    fd_write(1, iov, 1, word);
  `);
  expect((await run(program)).stdout).toEqual({ base64: '/wD/AA==' });
});

const ECHO = `for (let i = 1; i < args().length; i++) write(1, args()[i] + ';'); write(1, read(0));`;

test('[RU61] text and bytes are stdin, a number is an argument, the arguments of the job come first', async () => {
  const program = await wasiProgram(ECHO);
  const stdout = async (given: Given) => (await run(program, given)).stdout;
  expect(await stdout({ input: 'one\ntwo' })).toBe('one\ntwo');
  expect(await stdout({ input: new Uint8Array([104, 105]) })).toBe('hi');
  expect(await stdout({ input: 42 })).toBe('42;');
  expect(await stdout({ input: null })).toBe('');
  expect(await stdout({ input: { args: ['é', 2] }, shared: ['-q'] })).toBe('-q;é;2;');
  expect(await stdout({ input: { args: ['x'] }, shared: { stdin: 'all' } })).toBe('x;all');
});

test.each([
  [{ argv: [] }, 'input has "argv"'],
  [{ args: 'x' }, 'input.args is no list'],
  [{ args: [{}] }, 'input.args[0]'],
  [{ env: { 'A=B': 'c' } }, 'input.env'],
  [{ stdin: 5 }, 'input.stdin'],
  [{ files: { a: { base64: '!' } } }, 'input.files["a"]'],
  [{ files: { '/': 'x' } }, '"/" is no path'],
  [{ files: { a: 'x', 'a/b': 'y' } }, '"a/b" lies in what is a file'],
  [true, 'input is neither'],
])('[RU61] an input that is none is refused by the name of its part: %j', async (input, part) => {
  const failure = await failureOf(run(await wasiProgram(ECHO), { input }));
  expect(failure).toContain('input-invalid');
  expect(failure).toContain(part);
});

test('[RU62] an exit code is part of the value; a trap is a failure with the last words', async () => {
  expect((await run(await wasiProgram('proc_exit(3);'))).code).toBe(3);
  const trapped = run(await wasiProgram(`write(2, 'out of luck'); unreachable();`));
  expect(await failureOf(trapped)).toMatch(
    /^task-threw: .*unreachable; its last words: out of luck/,
  );
});

test('[RU62] what is written to stderr is logged line by line', async () => {
  const program = await wasiProgram(`write(2, 'one\\ntw'); write(2, 'o\\nthree');`);
  const { stderr, logs } = await run(program);
  expect(stderr).toBe('one\ntwo\nthree');
  expect(logs).toEqual(['one', 'two', 'three']);
});

test('[RU63] time and chance are the same in every execution', async () => {
  const program = await wasiProgram(
    `write(1, now().toString() + ' ' + now().toString() + ' ' + chance().toString());`,
  );
  const { stdout } = await run(program);
  expect(stdout).toMatch(/^946684800000001000 946684800000002000 \d+$/);
  expect((await run(program)).stdout).toBe(stdout);
  expect((await run(program, { seed: 8 })).stdout).not.toBe(stdout);
});

test('[RU64] a flood of output ends the program', async () => {
  const program = await wasiProgram(`for (;;) write(1, 'hello ');`);
  expect(await failureOf(run(program))).toContain(
    'output-too-large: The program wrote over 100000',
  );
  const big = await wasiProgram(
    `const fd = open('f', 1); for (let i = 0; i < 20000; i++) write(fd, 'hello ');`,
  );
  expect(await failureOf(run(big))).toContain('output-too-large: The program left 120000 bytes');
});

test('[RU64] files have room for 256 MiB, then the program is told that none is left', async () => {
  const program = await wasiProgram(`
    const fd = open('f', 1);
    const bytes = new ArrayBuffer(16 << 20);
    store<u32>(iov, changetype<usize>(bytes));
    store<u32>(iov + 4, bytes.byteLength);
    let written = 0;
    for (;;) {
      const failure = fd_write(fd, iov, 1, word);
      if (failure != 0) proc_exit(failure);
      if (++written > 16) proc_exit(255);
    }
  `);
  const failure = await failureOf(run(program));
  expect(failure).toContain(`The program left ${256 * 2 ** 20} bytes`);
});

test('[RU65] a module that no volunteer can run is refused by what is wrong with it', async () => {
  const { default: asc } = await import('assemblyscript/asc');
  const compiled = async (source: string) =>
    new Uint8Array((await asc.compileString(source, { runtime: 'stub' })).binary ?? []);
  const foreign = `@external("env", "door") declare function door(): void;`;
  const old = foreign.replace('env', 'wasi_unstable');
  const start = 'export function _start(): void { door(); }';
  expect(() => checkWasi(new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]))).toThrow(
    'component',
  );
  const [unknown, early, reactor] = [
    await compiled(foreign + start),
    await compiled(old + start),
    await compiled('export function run(): void {}'),
  ];
  expect(() => checkWasi(unknown)).toThrow('env.door');
  expect(() => checkWasi(early)).toThrow('before preview 1');
  expect(() => checkWasi(reactor)).toThrow('no _start');
});

const C = `
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char line[256];
  printf("%d %s %s\\n", argc, argv[1], getenv("WHO"));
  while (fgets(line, sizeof line, stdin)) printf("stdin %s", line);
  DIR *folder = opendir("/data");
  for (struct dirent *entry; (entry = readdir(folder));) printf("entry %s\\n", entry->d_name);
  FILE *in = fopen("data/in.txt", "r");
  mkdir("out", 0777);
  FILE *out = fopen("/out/copy.txt", "w");
  while (fgets(line, sizeof line, in)) fputs(line, out);
  fclose(out);
  out = fopen("out/copy.txt", "a"); fputs("more", out); fclose(out);
  out = fopen("gone", "w"); fclose(out); remove("gone");
  out = fopen("old", "w"); fputs("moved", out); fclose(out); rename("old", "out/new");
  time_t before = time(NULL); sleep(3);
  printf("slept %d, missing %d\\n", (int)(time(NULL) - before), fopen("nothing", "r") == NULL);
  char *bytes = malloc(32 << 20); memset(bytes, 7, 32 << 20); printf("%d\\n", bytes[1 << 20]);
  fprintf(stderr, "done\\n");
  return 4;
}`;
const compiledC = await cProgram(C);

test.skipIf(!compiledC)('[RU60] a C program runs unchanged', async () => {
  const input = {
    args: ['first'],
    env: { WHO: 'me' },
    stdin: 'a\nb\n',
    files: { 'data/in.txt': 'text\n' },
  };
  expect(await run(compiledC ?? new Uint8Array(), { input })).toEqual({
    code: 4,
    stdout:
      '2 first me\nstdin a\nstdin b\nentry .\nentry ..\nentry in.txt\nslept 3, missing 1\n7\n',
    stderr: 'done\n',
    files: { 'out/copy.txt': 'text\nmore', 'out/new': 'moved' },
    logs: ['done'],
  });
});

test('[RU66] a file of the grid lies at its path, is stdin, and its path is the last argument', () => {
  const content = new TextEncoder().encode('ACGT');
  const file = (rest: Record<string, unknown> = {}) => ({ path: '/in/a.fa', content, rest });
  expect(fileCommandOf(file(), null)).toEqual({
    args: ['/in/a.fa'],
    env: {},
    stdin: content,
    files: new Map([['/in/a.fa', content]]),
  });
  const argsOf = (rest: Record<string, unknown>, shared: unknown) =>
    fileCommandOf(file(rest), shared).args;
  expect(argsOf({}, ['-q', 5])).toEqual(['-q', '5', '/in/a.fa']);
  expect(argsOf({}, ['-i={}', '-q'])).toEqual(['-i=/in/a.fa', '-q']);
  expect(argsOf({ args: ['x'] }, { args: ['-q'] })).toEqual(['-q', 'x']);
  const { stdin, files } = fileCommandOf(file(), { stdin: 'y', files: { '/ref': 'T' } });
  expect(new TextDecoder().decode(stdin)).toBe('y');
  expect([...files.keys()]).toEqual(['/ref', '/in/a.fa']);
});

test('[RU68] what a command writes to .checkpoint is kept when it closes it, and is there again', async () => {
  const program = await wasiProgram(`
    const before = open('.checkpoint', 0);
    write(1, before == 0 ? 'anew' : 'from ' + read(before));
    const kept = open('.checkpoint', 1);
    write(kept, 'step 2');
    fd_close(kept);
    write(open('out.txt', 1), 'done');
  `);
  const state = new TextEncoder().encode('step 1');
  const first = await run(program);
  expect(first).toMatchObject({ stdout: 'anew', files: { 'out.txt': 'done' } });
  expect(first.kept).toEqual([new TextEncoder().encode('step 2')]);
  const second = await run(program, { restored: state });
  expect(second).toMatchObject({ stdout: 'from step 1' });
  expect(Object.keys(second.files)).toEqual(['out.txt']);
});
