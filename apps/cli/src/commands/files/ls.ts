import type { FileEntry } from 'manytabs';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { toJsonLine } from '../../json-value.ts';
import { type GridOptions, withGrid } from '../../session.ts';
import { alignTable } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';

export interface LsOptions extends GridOptions {
  readonly recursive?: boolean;
}

/** Rows are written as they come, so that a million take no more memory than a few. */
const ROWS_TOGETHER = 500;

/** `manytabs ls PATH`. */
export function ls(terminal: Terminal, path: string, options: LsOptions): Promise<ExitCode> {
  return withGrid(terminal, options, async (grid) => {
    const signal = terminal.interrupted;
    const list = grid.files.list(path, { recursive: options.recursive === true, signal });
    let rows: FileEntry[] = [];
    let isFirst = true;
    const flush = () => {
      const lines = table(rows);
      for (const line of isFirst ? lines : lines.slice(1)) terminal.out(line);
      isFirst = false;
      rows = [];
    };
    for await (const entry of list) {
      if (options.json) terminal.out(toJsonLine(entry));
      else if (rows.push(entry) >= ROWS_TOGETHER) flush();
    }
    if (!options.json && (rows.length > 0 || isFirst)) flush();
    return EXIT.done;
  });
}

function table(entries: readonly FileEntry[]): string[] {
  const head = ['BYTES', 'VERSION', 'DURABILITY', 'OWNER', 'MODIFIED', 'PATH'];
  const rows = entries.map((entry) => [
    entry.kind === 'folder' ? '-' : String(entry.bytes),
    entry.version,
    entry.kind === 'folder' ? '' : entry.durability,
    entry.owner,
    new Date(entry.modifiedAt).toISOString().slice(0, 19),
    entry.kind === 'folder' ? `${entry.path}/` : entry.path,
  ]);
  return alignTable(head, rows);
}
