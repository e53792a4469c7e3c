import {
  closeSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { GridError } from '@manytabs/protocol';
import type { TaskResult } from 'manytabs';
import { writeFilesOf } from './command-files.ts';
import { CsvLines } from './csv-lines.ts';
import { toJsonLine } from './json-value.ts';
import type { Terminal } from './terminal.ts';

export type Row = TaskResult<unknown>;

/** Where results go. */
export interface RowSink {
  take(row: Row): Promise<void> | void;
  close(): Promise<void>;
}

/** The row of surface.md: {"index","status","value"|"error","trust"}. */
export function rowOf(row: Row) {
  if (row.status === 'fulfilled') {
    const trust = { ...row.trust, confidence: row.confidence };
    return { index: row.index, status: row.status, value: row.value ?? null, trust };
  }
  const { code, message, hint } = row.error;
  const error = { code, message, hint, attempts: row.attempts };
  return { index: row.index, status: row.status, error };
}

/** A line for a result; a failed task has none but with --json, and is told on stderr. */
export function lineOf(row: Row, json: boolean): string | undefined {
  if (json) return toJsonLine(rowOf(row));
  return row.status === 'fulfilled' ? toJsonLine(row.value) : undefined;
}

/** stdout; or `--out`: a folder (it is one, ends with a slash, or has no extension) gets a file a task. */
export function openSink(out: string | undefined, json: boolean, terminal: Terminal): RowSink {
  if (out === undefined) return lines(json, (line) => terminal.out(line));
  const path = resolve(terminal.folder, out);
  return isFolder(path, out) ? folderSink(path) : fileSink(path, json);
}

/**
 * Before a job is submitted: whether its results could be written where they are wanted. Nothing that is there is changed.
 * @throws {GridError} `output-unwritable`
 */
export function checkSink(out: string | undefined, terminal: Pick<Terminal, 'folder'>): void {
  if (out === undefined) return;
  const path = resolve(terminal.folder, out);
  try {
    if (isFolder(path, out)) probe(join(path, `.manytabs-${process.pid}`));
    else probe(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('output-unwritable', `Nothing can be written to ${out}: ${why}.`, {
      cause,
    });
  }
}

function probe(path: string): void {
  makeFolder(dirname(path));
  const isThere = existsSync(path);
  closeSync(openSync(path, 'a'));
  if (!isThere) rmSync(path);
}

/** One by one: asked for all at once, Node never comes back from below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function isFolder(path: string, out: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  return /[\\/]$/.test(out) || extname(out) === '';
}

function lines(json: boolean, write: (line: string) => void): RowSink {
  return {
    take(row) {
      const line = lineOf(row, json);
      if (line !== undefined) write(line);
    },
    close: async () => undefined,
  };
}

/** A file that is called .csv holds CSV, any other a line a result. */
function fileSink(path: string, json: boolean): RowSink {
  makeFolder(dirname(path));
  const csv = extname(path).toLowerCase() === '.csv' ? new CsvLines() : undefined;
  const stream = createWriteStream(path);
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined); // raced with each write below
  return {
    async take(row) {
      const line = csv ? undefined : lineOf(row, json);
      const lines = csv?.take(row) ?? (line === undefined ? [] : [line]);
      const text = lines.map((one) => `${one}${csv ? '\r' : ''}\n`).join('');
      if (text === '' || stream.write(text)) return;
      await Promise.race([new Promise<void>((done) => stream.once('drain', () => done())), failed]);
    },
    async close() {
      for (const line of csv?.end() ?? []) stream.write(`${line}\r\n`);
      const ended = new Promise<void>((done, fail) => {
        stream.end((error?: Error | null) => (error ? fail(error) : done()));
      });
      await Promise.race([ended, failed]);
    },
  };
}

/**
 * Bytes are written as they are, everything else as JSON; `12.error.json` for a task that failed. The files that a WASI
 * command left lie in the folder `12`.
 */
function folderSink(folder: string): RowSink {
  makeFolder(folder);
  return {
    async take(row) {
      if (row.status === 'rejected') {
        await writeFile(
          join(folder, `${row.index}.error.json`),
          `${toJsonLine(rowOf(row).error)}\n`,
        );
      } else if (row.value instanceof Uint8Array) {
        await writeFile(join(folder, `${row.index}.bin`), row.value);
      } else {
        await writeFile(join(folder, `${row.index}.json`), `${toJsonLine(row.value)}\n`);
        await writeFilesOf(row.value, join(folder, String(row.index)));
      }
    },
    close: async () => undefined,
  };
}
