import type { Page } from 'playwright-core';

/** What the main thread of a page itself does, not of frames in processes of their own. */
export class MainThread {
  readonly #read: () => Promise<{ busy: number; at: number }>;

  private constructor(read: () => Promise<{ busy: number; at: number }>) {
    this.#read = read;
  }

  static async of(page: Page): Promise<MainThread> {
    const devtools = await page.context().newCDPSession(page);
    // Ticks of the thread: what others do on a busy machine does not count.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new MainThread(async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      const metricOf = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
      return { busy: metricOf('TaskDuration'), at: performance.now() / 1_000 };
    });
  }

  /** The share of one core that it took while `work` was done. */
  async shareDuring(work: () => Promise<unknown>): Promise<number> {
    const before = await this.#read();
    await work();
    const after = await this.#read();
    return (after.busy - before.busy) / (after.at - before.at);
  }
}
