import { hasEnded, type JobView } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import type { Terminal } from './terminal.ts';

const LOOK_MS = 2_000;
const STALLED_MS = 8_000;

/** Says on stderr why a job stands still, once for each new reason. */
export class StallNotes {
  readonly #job: Job<unknown>;
  readonly #terminal: Terminal;
  readonly #timer: NodeJS.Timeout;
  #decided = -1;
  #movedAt = Date.now();
  #told = '';

  constructor(job: Job<unknown>, terminal: Terminal) {
    this.#job = job;
    this.#terminal = terminal;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  onView({ tasks, state }: JobView): void {
    const decided = tasks.final + tasks.failed;
    if (decided === this.#decided && !hasEnded(state)) return;
    this.#decided = decided;
    this.#movedAt = Date.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (Date.now() - this.#movedAt < STALLED_MS) return;
    const explanation = await this.#job.explain().catch(() => undefined);
    const [why] = explanation?.sentences ?? [];
    if (why === undefined || why === this.#told) return;
    this.#told = why;
    this.#terminal.err(why);
  }
}
