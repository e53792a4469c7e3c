/** Keeps the screen awake while it is wanted, the page is seen and the browser lets it. */
export class KeepAwake {
  #wanted = false;
  #sentinel: WakeLockSentinel | undefined;
  #asking = false;

  /** Insecure pages and some browsers have none; then the page does not offer it. */
  static isAvailable(): boolean {
    return 'wakeLock' in navigator;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    void this.refresh();
  }

  /** Call again when the page becomes visible: browsers drop the lock of a hidden page. */
  async refresh(): Promise<void> {
    if (!this.#wanted) return this.#release();
    if (this.#asking || this.#sentinel?.released === false || document.hidden) return;
    this.#asking = true;
    try {
      this.#sentinel = await navigator.wakeLock.request('screen');
    } catch {
      // Refused, for example by a power saver: the screen then sleeps as the device says.
      this.#sentinel = undefined;
    }
    this.#asking = false;
    if (!this.#wanted) await this.#release();
  }

  async #release(): Promise<void> {
    const sentinel = this.#sentinel;
    this.#sentinel = undefined;
    await sentinel?.release();
  }
}
