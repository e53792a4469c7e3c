import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cProgram, wasiProgram } from '../packages/runtime/test/wasi-program.ts';
import { expect, test } from './fixtures.ts';

/** Counts the bytes of stdin and of the file that its last argument names, and leaves a report. */
const COUNT = `
  const path = args()[args().length - 1];
  const text = read(open(path.slice(1), 0));
  const reference = read(open('ref.txt', 0));
  write(open('report.txt', 1), args()[1] + ' ' + text + reference);
  write(1, path + ' ' + read(0).length.toString());
`;

/** Sorts the lines of the file that its last argument names into another, as any C program would. */
const SORT_C = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

int main(int argc, char **argv) {
  FILE *in = fopen(argv[argc - 1], "r");
  if (!in) { perror(argv[argc - 1]); return 2; }
  char *lines[1000], line[256];
  int count = 0;
  while (count < 1000 && fgets(line, sizeof line, in)) lines[count++] = strdup(line);
  fclose(in);
  qsort(lines, count, sizeof *lines, by_text);
  FILE *out = fopen("sorted.txt", "w");
  for (int i = 0; i < count; i++) fputs(lines[i], out);
  fclose(out);
  printf("%d lines, first %s", count, lines[0]);
  return 0;
}
`;

const COUNT_PY = `
def main(file, ctx):
    text = ctx.files.read_text(file["path"])
    ctx.files.write(file["path"].split("/")[-1], text.upper() + open("ref.txt").read())
    return [file["path"], len(text)]
`;

test('[RU66] [RU86] [UI180] [UI181] a WASI command and a Python script over files of the grid, with files in and out', async ({
  grid,
  openTab,
}) => {
  test.setTimeout(120_000);
  for (let i = 0; i < 2; i++) await openTab();
  grid.file('ref.txt', '!');
  for (const [name, text] of Object.entries({ 'a.txt': 'one', 'b.txt': 'three' })) {
    expect((await grid.run('put', grid.file(name, text), `/in/${name}`)).code).toBe(0);
  }
  const common = ['--inputs', 'grid:/in/*', '--file', 'ref.txt'];

  await test.step('WASI', async () => {
    const program = grid.file('count.wasm', await wasiProgram(COUNT));
    const ran = await grid.run('run', program, ...common, '--args', '["-q"]', '--out', 'out/');
    expect(ran.code, ran.stderr).toBe(0);
    const out = (path: string) => readFileSync(join(grid.folder, 'out', path), 'utf8');
    expect(JSON.parse(out('0.json'))).toMatchObject({ code: 0, stdout: '/in/a.txt 3' });
    expect([out('0/report.txt'), out('1/report.txt')]).toEqual(['-q one!', '-q three!']);
  });

  await test.step('Python', async () => {
    const ran = await grid.run('run', grid.file('count.py', COUNT_PY), ...common, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const values = ran.rows.flatMap((row) => ('index' in row ? [row.value] : []));
    expect(values.toSorted()).toEqual([
      ['/in/a.txt', 3],
      ['/in/b.txt', 5],
    ]);
    const { job } = ran.rows.at(-1) as { job: string };
    const written = () => grid.run('cat', `/jobs/${job}/out/b.txt`);
    await expect.poll(async () => (await written()).stdout, { timeout: 20_000 }).toBe('THREE!');
  });
});

test('[RU66] [UI181] a C program, compiled as it is, sorts files of the grid into files of its own', async ({
  grid,
  openTab,
}) => {
  test.setTimeout(120_000);
  const compiled = await cProgram(SORT_C);
  test.skip(!compiled, 'No clang with wasi-libc is on this machine.');
  for (let i = 0; i < 2; i++) await openTab();
  for (const [name, text] of Object.entries({
    'a.txt': 'pear\nfig\n',
    'b.txt': 'oak\nash\nelm\n',
  })) {
    expect((await grid.run('put', grid.file(name, text), `/in/${name}`)).code).toBe(0);
  }
  const program = grid.file('sort.wasm', compiled ?? new Uint8Array());
  const over = ['--inputs', 'grid:/in/*', '--trust', 'standard', '--out', 'sorted/'];
  const ran = await grid.run('run', program, ...over);
  expect(ran.code, ran.stderr).toBe(0);
  const out = (path: string) => readFileSync(join(grid.folder, 'sorted', path), 'utf8');
  expect(JSON.parse(out('0.json'))).toMatchObject({ code: 0, stdout: '2 lines, first fig\n' });
  expect([out('0/sorted.txt'), out('1/sorted.txt')]).toEqual(['fig\npear\n', 'ash\nelm\noak\n']);
});
