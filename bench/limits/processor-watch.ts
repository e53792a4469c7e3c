import { readdir, readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

const EVERY_MS = 100;
const WORKERS_EVERY_MS = 10;
/** How Chromium names their threads. */
const WORKER = 'DedicatedWorker';
const NS_PER_MS = 1e6;

interface Sample {
  readonly at: number;
  readonly ms: number;
}

/** What all tabs of a browser and their helpers take of the processor, read from the system and not from the pages. */
export class ProcessorWatch {
  readonly #pids: () => Promise<readonly number[]>;
  readonly #isCounted: (name: string) => boolean;
  /** Threads that ended keep what they took. */
  readonly #threads = new Map<string, number>();
  readonly #samples: Sample[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  private constructor(
    pids: () => Promise<readonly number[]>,
    isCounted: (name: string) => boolean,
  ) {
    this.#pids = pids;
    this.#isCounted = isCounted;
  }

  /** The threads of workers alone, looked at every few milliseconds. */
  static workers(browser: Browser): Promise<ProcessorWatch> {
    return ProcessorWatch.begin(browser, WORKERS_EVERY_MS, (name) => name.startsWith(WORKER));
  }

  static async begin(
    browser: Browser,
    everyMs = EVERY_MS,
    isCounted: (name: string) => boolean = () => true,
  ): Promise<ProcessorWatch> {
    const session = await browser.newBrowserCDPSession();
    const pids = async () => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      return processInfo.filter(({ type }) => type !== 'browser').map(({ id }) => id);
    };
    const known = await pids();
    // Frequent watches are short, and their processes the ones that are there.
    const watch = new ProcessorWatch(everyMs < EVERY_MS ? async () => known : pids, isCounted);
    await watch.#look(everyMs);
    return watch;
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** The largest share of one core in any so many ms, in percent. */
  worst(windowMs: number): number {
    let most = 0;
    let first = 0;
    for (const { at, ms } of this.#samples) {
      while ((this.#samples[first + 1]?.at ?? at) <= at - windowMs) first++;
      const from = this.#samples[first];
      if (from && at - from.at >= windowMs) most = Math.max(most, (ms - from.ms) / (at - from.at));
    }
    return most * 100;
  }

  /** The share of one core over all of the time, in percent. */
  mean(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return ((last.ms - first.ms) / (last.at - first.at)) * 100;
  }

  /** When, after `since`, it was last busy with more than `share` of a core, by `performance.now()`. */
  lastBusy(since: number, share = 0.5): number {
    let last = since;
    this.#samples.forEach(({ at, ms }, i) => {
      const before = this.#samples[i - 1];
      if (before && at > since && (ms - before.ms) / (at - before.at) > share) last = at;
    });
    return last;
  }

  async #look(everyMs: number): Promise<void> {
    const pids = await this.#pids();
    await Promise.all(pids.map((pid) => this.#read(pid)));
    const ms = [...this.#threads.values()].reduce((sum, each) => sum + each, 0);
    this.#samples.push({ at: performance.now(), ms });
    if (!this.#isOver) this.#timer = setTimeout(() => void this.#look(everyMs), everyMs);
  }

  /** Nanoseconds on a processor, thread by thread: the process's own count is in hundredths of a second. */
  async #read(pid: number): Promise<void> {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    for (const thread of threads) {
      const name = await readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8').catch(() => '');
      if (!this.#isCounted(name)) continue;
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '');
      const ns = Number(text.split(' ')[0]);
      if (text !== '') this.#threads.set(`${pid}/${thread}`, ns / NS_PER_MS);
    }
  }
}
