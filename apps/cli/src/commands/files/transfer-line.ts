import type { FileProgress } from 'manytabs';
import { clean } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';

const EVERY_MS = { screen: 100, log: 2_000 } as const;

/** How far a transfer is, on stderr: a line drawn over on a screen, a plain one now and then in a log. */
export class TransferLine {
  readonly #terminal: Terminal;
  readonly #name: string;
  readonly #startedAt = performance.now();
  #saidAt = performance.now();

  constructor(terminal: Terminal, name: string) {
    this.#terminal = terminal;
    this.#name = clean(name);
  }

  show({ bytes, total }: FileProgress): void {
    const now = performance.now();
    const { isScreen } = this.#terminal;
    if (now - this.#saidAt < EVERY_MS[isScreen ? 'screen' : 'log']) return;
    this.#saidAt = now;
    const share = total ? `${Math.floor((100 * bytes) / total)} %, ` : '';
    const perSecond = bytes / ((now - this.#startedAt) / 1_000);
    const text = `${this.#name}: ${share}${size(bytes)}, ${size(perSecond)}/s`;
    if (isScreen) this.#terminal.status(text);
    else this.#terminal.err(text);
  }

  end(): void {
    if (this.#terminal.isScreen) this.#terminal.status('');
  }
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function size(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
