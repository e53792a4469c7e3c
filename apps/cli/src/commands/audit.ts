import { GridError } from '@manytabs/protocol';
import { type AuditEntry, ChainCheck } from 'manytabs';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { type GridOptions, withGrid } from '../session.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export interface AuditOptions extends GridOptions {
  readonly verify?: boolean;
  readonly since?: string;
}

/**
 * `manytabs audit`: what was done to the grid, oldest first. `--verify` checks the chain of hashes; `--since` a hash
 * that was kept elsewhere, which must still be in it.
 */
export function audit(terminal: Terminal, options: AuditOptions): Promise<ExitCode> {
  const { since } = options;
  if (since !== undefined && !/^[0-9a-f]{64}$/.test(since)) {
    throw new GridError('usage', 'A hash has 64 hexadecimal digits.');
  }
  const verify = options.verify === true || since !== undefined;
  return withGrid(terminal, options, async (grid) => {
    const check = new ChainCheck();
    const wrongs: string[] = [];
    let isKnown = since === undefined;
    for await (const entry of grid.audit()) {
      const wrong = check.take(entry);
      if (wrong) wrongs.push(wrong);
      isKnown ||= entry.hash === since;
      if (!verify || !options.json) terminal.out(options.json ? toJsonLine(entry) : lineOf(entry));
    }
    if (!isKnown) wrongs.push('the hash that was kept is not in it');
    return verify ? tell(terminal, options, check, wrongs) : EXIT.done;
  });
}

function tell(
  terminal: Terminal,
  { json }: AuditOptions,
  check: ChainCheck,
  wrongs: readonly string[],
): ExitCode {
  const { count: entries, head } = check;
  const isWhole = wrongs.length === 0;
  if (json)
    terminal.out(toJsonLine({ verified: isWhole, entries, head, wrong: wrongs.slice(0, 20) }));
  else if (isWhole) terminal.err(`${entries} entries, whole. The newest has the hash ${head}.`);
  for (const wrong of wrongs.slice(0, 20)) terminal.err(`The audit log is not whole: ${wrong}.`);
  return isWhole ? EXIT.done : EXIT.failed;
}

function lineOf({ at, actor, action, subject, note }: AuditEntry): string {
  return clean([new Date(at).toISOString(), actor, action, subject, note].join(' ').trimEnd());
}
