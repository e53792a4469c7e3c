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
  /** Why the disk last refused. */
  #failure: Error | undefined;

  constructor(path: string, withinMs: number) {
    // Windows synchronises only what is open for writing.
    this.#descriptor = openSync(path, 'r+');
    this.#withinMs = withinMs;
  }

  /** To be called before each write. @throws {Error} once, where the disk refused an earlier one */
  check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  /** To be called after each write. */
  written(): void {
    // A refusal is heard by the next writer.
    this.#timer ??= setTimeout(() => this.now().catch(() => {}), this.#withinMs).unref();
  }

  /** Resolves once everything written before is on the disk. @throws {Error} of the disk */
  async now(): Promise<void> {
    // One that runs already may have begun before the last write.
    while (this.#running) await this.#running.catch(() => {});
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#sync().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  close(): void {
    clearTimeout(this.#timer);
    // A number that is free again may be another file's while the disk still works on it.
    if (!this.#running) closeSync(this.#descriptor);
    else void this.#running.catch(() => {}).then(() => closeSync(this.#descriptor));
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
