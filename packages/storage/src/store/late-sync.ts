import { closeSync, fdatasync, openSync } from 'node:fs';

/**
 * Has a file on the disk itself within a bounded time after it was written, without anybody waiting for the disk. What
 * a process has written outlives the process without this; it is for the machine that loses power.
 */
export class LateSync {
  readonly #descriptor: number;
  readonly #withinMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Why the disk last refused; the next one who writes must hear of it. */
  #failure: Error | undefined;

  constructor(path: string, withinMs: number) {
    // Windows synchronises only what is open for writing.
    this.#descriptor = openSync(path, 'r+');
    this.#withinMs = withinMs;
  }

  /** To be called after each write. @throws {Error} of the disk, once, if it refused an earlier one. */
  written(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    this.#timer ??= setTimeout(() => void this.now().catch(() => {}), this.#withinMs).unref();
  }

  /** Resolves once everything written before is on the disk. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One that runs already may have begun before the last write.
    await this.#running?.catch(() => {});
    this.#running ??= this.#sync().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  close(): void {
    clearTimeout(this.#timer);
    closeSync(this.#descriptor);
  }

  #sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (failure) => {
        if (!failure) return resolve();
        this.#failure = failure;
        reject(failure);
      });
    });
  }
}
