import { type GridError, toGridError } from '@manytabs/protocol';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { toJsonLine } from '../../json-value.ts';
import { type GridOptions, withGrid } from '../../session.ts';
import { clean } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';
import { expand, isFolder, lastName, nameBelow } from './names.ts';

export interface RmOptions extends GridOptions {
  readonly recursive?: boolean;
  readonly ifVersion?: number;
}

export interface MvOptions extends GridOptions {
  readonly clobber?: boolean;
  readonly ifVersion?: number;
}

/** `manytabs rm PATH…`: what cannot be removed is told, and the rest goes. */
export function rm(
  terminal: Terminal,
  paths: readonly string[],
  options: RmOptions,
): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const failures: GridError[] = [];
    const all = await expand(grid, paths);
    for (const path of all) {
      try {
        const removed = await grid.files.remove(path, {
          recursive: options.recursive === true,
          ...versionOf(options.ifVersion),
        });
        if (options.json) terminal.out(toJsonLine({ path, ...removed }));
      } catch (thrown) {
        const failure = toGridError(thrown, 'internal');
        failures.push(failure);
        if (all.length > 1)
          terminal.err(`${clean(path)}: ${failure.code}: ${clean(failure.message)}`);
      }
    }
    const [first] = failures;
    if (!first) return EXIT.done;
    if (failures.length < all.length) return EXIT.partial;
    throw first;
  });
}

/** `manytabs mv FROM TO`; into TO, where that is a folder. */
export function mv(
  terminal: Terminal,
  from: string,
  to: string,
  options: MvOptions,
): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const isBelow = to.endsWith('/') || (await isFolder(grid, to));
    const target = isBelow ? nameBelow(to, lastName(from)) : to;
    const replace = options.clobber !== false;
    const moved = await grid.files.move(from, target, { replace, ...versionOf(options.ifVersion) });
    if (options.json) terminal.out(toJsonLine(moved));
    return EXIT.done;
  });
}

/** `manytabs mkdir PATH`. */
export function mkdir(terminal: Terminal, path: string, options: GridOptions): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const made = await grid.files.makeFolder(path);
    if (options.json) terminal.out(toJsonLine(made));
    return EXIT.done;
  });
}

function versionOf(expected: number | undefined): { expected?: number } {
  return expected === undefined ? {} : { expected };
}
