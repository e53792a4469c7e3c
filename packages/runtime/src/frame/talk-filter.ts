import { BOUNDS } from '../shared/bounds.ts';
import type { Talk } from '../shared/wire.ts';
import { Meter } from './meter.ts';

/** Lets through as much talk as a page can show. An honest worker says no more; the rest is dropped. */
export class TalkFilter {
  readonly #progress: Meter;
  readonly #previews: Meter;
  readonly #logs: Meter;
  readonly #checkpoints: Meter;

  constructor(now: number) {
    this.#progress = new Meter(1000 / BOUNDS.PROGRESS_GAP_MS, now);
    this.#previews = new Meter(1000 / BOUNDS.PREVIEW_GAP_MS, now);
    this.#checkpoints = new Meter(1000 / BOUNDS.CHECKPOINT_GAP_MS, now);
    this.#logs = new Meter(BOUNDS.LOGS_PER_SECOND, now);
  }

  /** Undefined if nothing is left. */
  pass({ progress, preview, checkpoint, logs }: Talk, now: number): Talk | undefined {
    const passed: Talk = {
      ...(progress && this.#progress.take(now) && { progress }),
      ...(preview && this.#previews.take(now) && { preview }),
      ...(checkpoint && this.#checkpoints.take(now) && { checkpoint }),
      logs: logs.filter(() => this.#logs.take(now)),
    };
    const { length } = passed.logs;
    return passed.progress || passed.preview || passed.checkpoint || length > 0
      ? passed
      : undefined;
  }
}
