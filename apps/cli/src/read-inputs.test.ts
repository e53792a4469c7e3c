import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows } from './csv.ts';
import { readInputs } from './read-inputs.ts';
import { flatten, readLines } from './read-lines.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

async function rowsOf(inputs: string | undefined, files = {}, stdin = ''): Promise<unknown[]> {
  const { terminal } = memoryTerminal({ folder: scratchFolder(files), stdin });
  const read = await readInputs(inputs, terminal);
  if (read.kind !== 'rows') throw new TypeError('these inputs are a range');
  const rows: unknown[] = [];
  for await (const row of read.rows) rows.push(row);
  return rows;
}

test('a range is taken as it stands, and never enumerated', async () => {
  const { terminal } = memoryTerminal();
  expect(await readInputs('range:0..1e9', terminal)).toEqual({ kind: 'range', from: 0, to: 1e9 });
  expect(await readInputs('range:-5..5', terminal)).toEqual({ kind: 'range', from: -5, to: 5 });
});

test('files of the grid are named by a pattern', async () => {
  const { terminal } = memoryTerminal();
  const read = await readInputs('grid:/in/*.csv', terminal);
  expect(read).toEqual({ kind: 'files', pattern: '/in/*.csv' });
});

test.each([
  ['range:NaN..5', 'input-invalid'],
  ['range:0..NaN', 'input-invalid'],
  ['range:0..Infinity', 'input-invalid'],
  ['range:0.5..3', 'input-invalid'],
  ['range:..3', 'input-invalid'],
  ['range:1', 'input-invalid'],
  ['range:1..2..3', 'input-invalid'],
  ['range:9..3', 'input-invalid'],
  ['range:0..9007199254740993', 'input-invalid'],
  ['range:4..4', 'input-empty'],
])('[UI78] %s is refused with %s', async (inputs, code) => {
  await expect(readInputs(inputs, memoryTerminal().terminal)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(inputs),
  });
});

test('rows of NDJSON are inputs as they stand; blank lines are none', async () => {
  const text = '\uFEFF{"a":1}\r\n\n[2,"ü"]\nnull';
  expect(await rowsOf('in.ndjson', { 'in.ndjson': text })).toEqual([{ a: 1 }, [2, 'ü'], null]);
  expect(await rowsOf('-', {}, '1\n"two"\n')).toEqual([1, 'two']);
  expect(await rowsOf(undefined)).toEqual([null]);
});

test('rows of CSV are objects by the header, with their text as it stands', async () => {
  const text = 'name,note\nann,"said ""hi"", left"\n007,"two\nlines"\n\nbo,\n';
  expect(await rowsOf('in.csv', { 'in.csv': text })).toEqual([
    { name: 'ann', note: 'said "hi", left' },
    { name: '007', note: 'two\nlines' },
    { name: 'bo', note: '' },
  ]);
});

test.each([
  ['in.ndjson', '1\n{"a":\n3', 'in.ndjson:2', 'input-invalid'],
  ['in.ndjson', '1\nNaN\n', 'in.ndjson:2', 'input-invalid'],
  ['in.csv', 'a,b\n1,2\n3\n', 'in.csv:3', 'input-invalid'],
  ['in.csv', 'a,b\n1,"x\n"y,2\n', 'in.csv:2', 'input-invalid'],
  ['in.csv', 'a,b\n1,2\n3,"open\n', 'in.csv:3', 'input-invalid'],
  ['in.csv', 'a,a\n1,2\n', 'in.csv:1', 'input-invalid'],
  ['in.csv', 'a,\n1,2\n', 'in.csv:1', 'input-invalid'],
  ['in.csv', '__proto__\n1\n', 'in.csv:1', 'input-invalid'],
  ['in.csv', 'a,b\n', 'in.csv', 'input-empty'],
  ['in.ndjson', '\n\n', 'in.ndjson', 'input-empty'],
])('[UI79] %s with %j is refused at %s', async (file, text, place, code) => {
  const { terminal } = memoryTerminal({ folder: scratchFolder({ [file]: text }) });
  await expect(readInputs(file, terminal)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(place),
  });
});

test('[UI79] bytes that are no UTF-8, and a line without end, are refused by their line', async () => {
  const broken = new Uint8Array([0x31, 0x0a, 0xff, 0xfe, 0x0a]);
  await expect(rowsOf('in.ndjson', { 'in.ndjson': broken })).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringMatching(/in\.ndjson:\d/),
  });
  const endless = `1\n${'x'.repeat(5 * 1024 * 1024)}`;
  await expect(rowsOf('in.ndjson', { 'in.ndjson': endless })).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining('in.ndjson:2'),
  });
});

test('a missing file, an empty stdin and inputs of no known form are refused', async () => {
  await expect(rowsOf('gone.csv')).rejects.toMatchObject({ code: 'file-missing' });
  await expect(rowsOf('-')).rejects.toMatchObject({ code: 'input-empty' });
  await expect(rowsOf('in.xls', { 'in.xls': '' })).rejects.toMatchObject({ code: 'usage' });
});

test('lines and CSV do not depend on how the bytes are cut', async () => {
  const text = 'a,b\n"ü\n1",2\r\n€,"""4"""\n';
  const bytes = new TextEncoder().encode(text);
  const whole = [
    { a: 'ü\n1', b: '2' },
    { a: '€', b: '"4"' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
      const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
      const pieces = ends.map((end, at) => bytes.slice(ends[at - 1] ?? 0, end));
      const rows: unknown[] = [];
      for await (const batch of csvRows(readLines(stream(pieces), 'x'), 'x')) rows.push(...batch);
      expect(rows).toEqual(whole);
    }),
  );
});

async function* stream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

test('rows that are there are given at once; a source that pauses is waited for', async () => {
  let release = () => {};
  const pause = new Promise<void>((done) => {
    release = done;
  });
  const rows = flatten(
    (async function* () {
      yield [1, 2];
      yield [];
      await pause;
      yield [3];
    })(),
  );
  expect(await rows.next()).toEqual({ done: false, value: 1 });
  const order: string[] = [];
  const second = rows.next().then(() => order.push('second'));
  const turn = Promise.resolve().then(() => order.push('turn'));
  await Promise.all([second, turn]);
  expect(order).toEqual(['second', 'turn']);
  const third = rows.next();
  release();
  expect(await third).toEqual({ done: false, value: 3 });
  expect(await rows.next()).toEqual({ done: true, value: undefined });
});
