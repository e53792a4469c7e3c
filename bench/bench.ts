import { launchBrowser } from '@manytabs/browser';
import type { Browser } from 'playwright-core';
import { BenchGrid } from './bench-grid.ts';
import { BarePeer } from './ceiling/bare-peer.ts';

const TABS = 2;

/** What the figures share: one browser, one grid with two tabs, and the bare peer beside it, each made when first needed. */
export class Bench {
  readonly root: string;
  /** How often each measurement is repeated, alternating with what it is compared with. */
  readonly rounds: number;
  #browser: Promise<Browser> | undefined;
  #bare: Promise<BarePeer> | undefined;
  #grid: Promise<BenchGrid> | undefined;

  constructor(options: { readonly root: string; readonly rounds: number }) {
    this.root = options.root;
    this.rounds = options.rounds;
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  browser(): Promise<Browser> {
    this.#browser ??= launchBrowser();
    return this.#browser;
  }

  bare(): Promise<BarePeer> {
    this.#bare ??= this.browser().then((browser) => BarePeer.start(this.root, browser, TABS));
    return this.#bare;
  }

  grid(): Promise<BenchGrid> {
    this.#grid ??= this.#startGrid();
    return this.#grid;
  }

  async close(): Promise<void> {
    const parts = [this.#grid, this.#bare, this.#browser];
    for (const part of parts) await part?.then((opened) => opened.close()).catch(() => undefined);
  }

  async #startGrid(): Promise<BenchGrid> {
    const browser = await this.browser();
    const grid = await BenchGrid.start(this.root);
    for (let i = 0; i < TABS; i++) await grid.join(browser);
    return grid;
  }
}
