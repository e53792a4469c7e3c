import { type ErrorCode, GridError, toGridError } from '@manytabs/protocol';
import { CommanderError } from 'commander';
import { type ExitCode, exitCodeOfError } from './exit-code.ts';
import { toJsonLine } from './json-value.ts';
import { clean } from './table.ts';
import type { Terminal } from './terminal.ts';

/**
 * Tells what went wrong, and what to do next: `code: message` and the hint on stderr, for a program also
 * {"error":{"code","message","hint"}} on stdout.
 */
export function reportFailure(terminal: Terminal, thrown: unknown, json: boolean): ExitCode {
  const { code, message, hint } = asGridError(thrown);
  terminal.err(`${code}: ${clean(message)}`);
  terminal.err(hint);
  if (json) terminal.out(toJsonLine({ error: { code, message, hint } }));
  return exitCodeOfError(code);
}

function asGridError(thrown: unknown): GridError {
  if (thrown instanceof CommanderError) {
    return new GridError('usage', thrown.message.replace(/^error: /, ''));
  }
  return toGridError(thrown, systemCode(thrown));
}

/** Errors of the file system come without a code of ours. */
function systemCode(thrown: unknown): ErrorCode {
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown };
  if (code === 'ENOENT') return 'file-missing';
  if (code === 'EADDRINUSE') return 'address-in-use';
  if (code === 'ENOSPC') return 'storage-full';
  if (name === 'AbortError') return 'aborted';
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? 'storage-failed' : 'internal';
}
