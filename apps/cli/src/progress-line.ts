import { hasEnded, type JobView } from '@manytabs/protocol';
import { clean } from './table.ts';
import type { Terminal } from './terminal.ts';
import { eta, rate } from './wording.ts';

const BAR_CELLS = 24;
const PLAIN_EVERY_MS = 2000;

/** A job's progress: one line that is drawn over on a screen, a plain line now and then in a log. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #saidAt = Number.NEGATIVE_INFINITY;
  #said = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(view: JobView, at: number): void {
    if (hasEnded(view.state)) return;
    if (this.#terminal.isScreen) {
      this.#terminal.status(`${bar(view)} ${progressText(view)}`);
      return;
    }
    const text = progressText(view);
    if (text === this.#said || at - this.#saidAt < PLAIN_EVERY_MS) return;
    this.#said = text;
    this.#saidAt = at;
    this.#terminal.err(text);
  }

  clear(): void {
    if (this.#terminal.isScreen) this.#terminal.status('');
  }
}

function bar(view: JobView): string {
  const { total, final, failed } = view.tasks;
  const filled = total === 0 ? 0 : Math.floor((BAR_CELLS * (final + failed)) / total);
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

export function progressText(view: JobView): string {
  const { total, final, failed } = view.tasks;
  const percent = total === 0 ? 0 : Math.floor((100 * (final + failed)) / total);
  const parts = [`${percent} %`, `${final} of ${total}${view.open ? '+' : ''}`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (view.state === 'paused') parts.push('paused');
  if (view.tasksPerSecond > 0) parts.push(rate(view.tasksPerSecond));
  if (view.etaMs !== undefined) parts.push(`${eta(view)} left`);
  return `${clean(view.name)}: ${parts.join(', ')}`;
}
