import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type GridError, joinPath, toGridError } from '@manytabs/protocol';
import type { CodeScheme, Durability, FileStat, GridApi, PutOptions } from 'manytabs';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { toJsonLine } from '../../json-value.ts';
import { type GridOptions, withGrid } from '../../session.ts';
import { clean } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';
import { isFolder, nameBelow } from './names.ts';
import { size, TransferLine } from './transfer-line.ts';

export interface PutCommandOptions extends GridOptions {
  readonly durability?: Durability;
  readonly replicas?: number;
  readonly code?: CodeScheme;
  readonly type?: string;
  readonly ifVersion?: number;
}

const READ_BYTES = 1024 * 1024;

/** `manytabs put SRC DST`: a file, a folder with all that is in it, or standard input. */
export async function put(
  terminal: Terminal,
  source: string,
  path: string,
  options: PutCommandOptions,
): Promise<ExitCode> {
  const local = resolve(terminal.folder, source);
  const isLocalFolder = source !== '-' && (await stat(local)).isDirectory();
  return withGrid(terminal, options, async (grid) => {
    const run = new Put(grid, terminal, options);
    if (source === '-') return run.one(path, terminal.stdin, undefined);
    const isBelow = path.endsWith('/') || (await isFolder(grid, path));
    const target = isBelow && !isLocalFolder ? nameBelow(path, basename(local)) : path;
    return isLocalFolder ? run.folder(local, target) : run.file(local, target);
  });
}

class Put {
  readonly #grid: GridApi;
  readonly #terminal: Terminal;
  readonly #options: PutCommandOptions;

  constructor(grid: GridApi, terminal: Terminal, options: PutCommandOptions) {
    this.#grid = grid;
    this.#terminal = terminal;
    this.#options = options;
  }

  async one(
    path: string,
    source: AsyncIterable<Uint8Array>,
    total: number | undefined,
  ): Promise<ExitCode> {
    const line = new TransferLine(this.#terminal, path);
    const { durability, replicas, code, type, ifVersion } = this.#options;
    const options: PutOptions = {
      ...{ replicas, code, contentType: type, expected: ifVersion },
      durability: durability ?? (code ? 'grid' : undefined),
      signal: this.#terminal.interrupted,
      onProgress: ({ bytes }) => line.show({ bytes, total }),
    };
    try {
      this.#tell(await this.#grid.files.put(path, source, options));
      return EXIT.done;
    } finally {
      line.end();
    }
  }

  async file(local: string, path: string): Promise<ExitCode> {
    const { size: bytes } = await stat(local);
    return this.one(path, createReadStream(local, { highWaterMark: READ_BYTES }), bytes);
  }

  /** What cannot be put is told, and the rest is put nevertheless. */
  async folder(local: string, path: string): Promise<ExitCode> {
    let done = 0;
    const failures: GridError[] = [];
    await this.#grid.files.makeFolder(path);
    for await (const names of filesBelow(local)) {
      if (this.#terminal.interrupted.aborted) return EXIT.cancelled;
      try {
        await this.file(
          join(local, ...names),
          joinPath([...path.split('/').filter(Boolean), ...names]),
        );
        done++;
      } catch (thrown) {
        const failure = toGridError(thrown, 'storage-failed');
        failures.push(failure);
        this.#terminal.err(`${clean(names.join('/'))}: ${failure.code}: ${clean(failure.message)}`);
      }
    }
    this.#terminal.err(`${done} ${done === 1 ? 'file' : 'files'} put, ${failures.length} not.`);
    const [first] = failures;
    if (!first) return EXIT.done;
    if (done > 0) return EXIT.partial;
    throw first;
  }

  #tell(stat: FileStat): void {
    if (this.#options.json) return this.#terminal.out(toJsonLine(stat));
    const { path, bytes, version, health, durability } = stat;
    this.#terminal.out(
      `${clean(path)}  ${size(bytes)}, version ${version}, ${durability}, ${health}`,
    );
  }
}

async function* filesBelow(
  folder: string,
  names: readonly string[] = [],
): AsyncGenerator<string[]> {
  const entries = await readdir(join(folder, ...names), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = [...names, entry.name.normalize('NFC')];
    if (entry.isDirectory()) yield* filesBelow(folder, below);
    else if (entry.isFile()) yield below;
  }
}
