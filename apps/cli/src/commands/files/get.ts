import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GridError } from '@manytabs/protocol';
import type { FileEntry, GridApi } from 'manytabs';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { toJsonLine } from '../../json-value.ts';
import { type GridOptions, withGrid } from '../../session.ts';
import { clean } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';
import { fetchTo } from './fetch-to.ts';
import { expand, isPattern, lastName } from './names.ts';
import { TransferLine } from './transfer-line.ts';

export interface CatOptions extends GridOptions {
  readonly range?: { readonly from: number; readonly to: number };
}

/** `manytabs get PATH DST`: a file, a folder with all that is in it, or what a pattern matches. */
export function get(
  terminal: Terminal,
  path: string,
  target: string,
  options: GridOptions,
): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    if (target === '-') return write(grid, terminal, [path], {});
    const local = resolve(terminal.folder, target);
    const isLocalFolder = target.endsWith('/') || (await isDirectory(local));
    if (isPattern(path))
      return getMany(grid, terminal, grid.files.list(path), { local, base: undefined, options });
    const entry = await grid.files.stat(path);
    if (entry.kind === 'folder') {
      const list = grid.files.list(path, { recursive: true });
      const into =
        isLocalFolder && (await isDirectory(local)) ? join(local, lastName(path)) : local;
      await mkdir(into, { recursive: true });
      return getMany(grid, terminal, list, { local: into, base: entry.path, options });
    }
    await getOne(
      grid,
      terminal,
      entry,
      isLocalFolder ? join(local, lastName(path)) : local,
      options,
    );
    return EXIT.done;
  });
}

/** `manytabs cat PATH…`. */
export function cat(
  terminal: Terminal,
  paths: readonly string[],
  options: CatOptions,
): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) =>
    write(grid, terminal, await expand(grid, paths), options),
  );
}

async function write(
  grid: GridApi,
  terminal: Terminal,
  paths: readonly string[],
  { range }: CatOptions,
): Promise<ExitCode> {
  const signal = terminal.interrupted;
  for (const path of paths) {
    const file = await grid.files.open(path, { signal });
    if (range) await terminal.write(await file.read(range.from, range.to - range.from, { signal }));
    else for await (const chunk of file.stream({ signal })) await terminal.write(chunk);
  }
  return EXIT.done;
}

interface Many {
  readonly local: string;
  /** The folder whose path is left out of the local names; undefined for a pattern, which leaves only the last name. */
  readonly base: string | undefined;
  readonly options: GridOptions;
}

async function getMany(
  grid: GridApi,
  terminal: Terminal,
  entries: AsyncIterable<FileEntry>,
  { local, base, options }: Many,
): Promise<ExitCode> {
  let count = 0;
  for await (const entry of entries) {
    const name =
      base === undefined
        ? lastName(entry.path)
        : entry.path.slice(base === '/' ? 1 : base.length + 1);
    const to = join(local, ...name.split('/'));
    count++;
    if (entry.kind === 'folder') {
      if (base !== undefined) await mkdir(to, { recursive: true });
      continue;
    }
    await mkdir(dirname(to), { recursive: true });
    await getOne(grid, terminal, entry, to, options);
  }
  if (count === 0 && base === undefined) throw new GridError('path-missing', 'Nothing matches.');
  return EXIT.done;
}

async function getOne(
  grid: GridApi,
  terminal: Terminal,
  entry: FileEntry,
  to: string,
  options: GridOptions,
): Promise<void> {
  const line = new TransferLine(terminal, entry.path);
  try {
    const file = await grid.files.open(entry.path, { signal: terminal.interrupted });
    await fetchTo(file, to, {
      signal: terminal.interrupted,
      onProgress: (progress) => line.show(progress),
    });
    const row = { path: file.path, to, bytes: file.bytes, version: file.version };
    if (options.json) terminal.out(toJsonLine(row));
    else terminal.err(`${clean(file.path)} is in ${clean(to)}.`);
  } finally {
    line.end();
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
