import { resolve } from 'node:path';
import type { Inventory, Place } from '@manytabs/coordinator';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import type { Terminal } from '../terminal.ts';

export interface PlaceOptions {
  readonly data?: string;
  readonly database?: string;
  readonly json?: boolean;
}

/** `manytabs backup FILE`: everything a grid keeps, as it is at one moment; the grid may be up. */
export async function backup(
  terminal: Terminal,
  file: string,
  options: PlaceOptions,
): Promise<ExitCode> {
  const { backupGrid } = await import('@manytabs/coordinator');
  const path = resolve(terminal.folder, file);
  const inventory = await backupGrid(placeOf(terminal, options), path);
  tell(terminal, options, { file: path, ...inventory });
  terminal.err('It holds the token of the grid: keep it where only you can read it.');
  return EXIT.done;
}

/** `manytabs restore FILE`: makes a grid of a backup where there is none. */
export async function restore(
  terminal: Terminal,
  file: string,
  options: PlaceOptions,
): Promise<ExitCode> {
  const { restoreGrid } = await import('@manytabs/coordinator');
  const path = resolve(terminal.folder, file);
  const inventory = await restoreGrid(placeOf(terminal, options), path);
  tell(terminal, options, { file: path, ...inventory });
  const where = options.database === undefined ? '--data DIR' : '--database URL';
  terminal.err(`Start it with manytabs up ${where}, and not where it came from as well.`);
  return EXIT.done;
}

function placeOf({ folder, env }: Terminal, { data, database }: PlaceOptions): Place {
  const named = database ?? (data === undefined ? env.MANYTABS_DATABASE || undefined : undefined);
  return { dataDir: resolve(folder, data ?? '.manytabs'), database: named };
}

function tell(
  terminal: Terminal,
  options: PlaceOptions,
  done: Inventory & { readonly file: string },
): void {
  if (options.json) return terminal.out(toJsonLine(done));
  const { file, bytes, jobs, records, keys, shards } = done;
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  terminal.out(
    `${file}: ${size}, ${jobs} jobs, ${records} records, ${keys} keys, ${shards} shards`,
  );
}
