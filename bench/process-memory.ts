import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

const LOOK_MS = 50;
const KIB_PER_MIB = 1024;

/** How much the largest of some processes grows, in MiB of what is really in memory; NaN where the system does not tell. */
export class RssWatch {
  readonly #pids: readonly number[];
  readonly #start: readonly number[];
  readonly #timer: ReturnType<typeof setInterval>;
  #most = 0;

  private constructor(pids: readonly number[], start: readonly number[]) {
    this.#pids = pids;
    this.#start = start;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  static async start(pids: readonly number[]): Promise<RssWatch> {
    return new RssWatch(pids, await Promise.all(pids.map(rssMib)));
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#pids.length === 0 ? Number.NaN : this.#most;
  }

  async #look(): Promise<void> {
    const now = await Promise.all(this.#pids.map(rssMib));
    const grown = now.map((mib, i) => mib - (this.#start[i] ?? 0));
    this.#most = Math.max(this.#most, ...grown.filter((mib) => !Number.isNaN(mib)));
  }
}

/** Of the pages of a browser. */
export async function rendererPids(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function rssMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / KIB_PER_MIB;
}
