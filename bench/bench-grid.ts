import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert, GridError } from '@manytabs/protocol';
import { Grid } from 'manytabs';
import type { Browser, BrowserContext, Page } from 'playwright-core';

interface ReadyLine {
  readonly console: string;
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

const READY_MS = 60_000;
const JOIN_MS = 30_000;
const CLOSE_MS = 10_000;

/** A grid as a user has it: the coordinator in a process of its own, and real tabs of a real browser. */
export class BenchGrid {
  readonly ready: ReadyLine;
  readonly grid: Grid;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #contexts: BrowserContext[] = [];

  private constructor(process: ChildProcess, folder: string, ready: ReadyLine, grid: Grid) {
    this.#process = process;
    this.#folder = folder;
    this.ready = ready;
    this.grid = grid;
  }

  static async start(root: string, args: readonly string[] = []): Promise<BenchGrid> {
    const folder = await mkdtemp(join(tmpdir(), 'manytabs-bench-'));
    const program = join(root, 'apps/cli/bin/manytabs.mjs');
    const child = spawn(
      process.execPath,
      [program, 'up', '--port', '0', '--data', folder, '--json', ...args],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ready = await readyLine(child);
    const grid = await Grid.connect(ready.url, { token: ready.token });
    return new BenchGrid(child, folder, ready, grid);
  }

  /** Opens a volunteer's tab in a profile of its own and presses Start; resolves when it has joined. */
  async join(browser: Browser, workers = 1): Promise<Page> {
    const page = await this.openPage(browser, workers);
    await page.click('#start');
    await page.waitForFunction(hasJoined, undefined, { timeout: JOIN_MS });
    return page;
  }

  async openPage(browser: Browser, workers = 1): Promise<Page> {
    const context = await browser.newContext();
    this.#contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${this.ready.url}#workers=${workers}`);
    return page;
  }

  async close(): Promise<void> {
    await this.grid.close();
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.#end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_MS);
    this.#process.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

/** Runs in the page. */
function hasJoined(): boolean {
  const state = document.documentElement.dataset.state;
  return state === 'waiting' || state === 'fetching' || state === 'computing';
}

async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  assert(child.stdout, 'the coordinator has an output');
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(READY_MS);
  const [line] = await Promise.race([
    once(lines, 'line', { signal }),
    once(child, 'exit', { signal }).then(([code]) => {
      throw new GridError('unreachable', `manytabs up ended with ${code} before it was ready.`);
    }),
  ]);
  // What follows is not read here, and must not fill the pipe.
  child.stdout.resume();
  return JSON.parse(line as string) as ReadyLine;
}
