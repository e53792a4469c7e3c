import { cleanLines } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Further ones are in the results alone. */
const TOLD_MAX = 10;
const LAST_WORDS_CHARS = 300;

/** Tells of WASI commands that ended with a code other than 0, which is a result like any other. */
export class ExitNotes {
  readonly #terminal: Pick<Terminal, 'err'>;
  #told = 0;

  constructor(terminal: Pick<Terminal, 'err'>) {
    this.#terminal = terminal;
  }

  note(index: number, value: unknown): void {
    const exit = exitOf(value);
    if (!exit || exit.code === 0 || this.#told++ >= TOLD_MAX) return;
    const words = exit.stderr.trim().slice(-LAST_WORDS_CHARS);
    this.#terminal.err(
      `task ${index} ended with code ${exit.code}${words === '' ? '' : `: ${cleanLines(words)}`}`,
    );
    if (this.#told === TOLD_MAX) this.#terminal.err('More are told in the results alone.');
  }
}

function exitOf(value: unknown): { code: number; stderr: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, stdout, stderr, files } = value as Record<string, unknown>;
  if (typeof code !== 'number' || stdout === undefined || files === undefined) return undefined;
  return { code, stderr: typeof stderr === 'string' ? stderr : '' };
}
