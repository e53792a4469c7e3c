import { launchBrowser } from '@manytabs/browser';
import { GridError } from '@manytabs/protocol';
import type { Fault } from 'manytabs/volunteer';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** What a tab says of itself: the data attributes of its page. */
export interface TabState {
  readonly tab: number;
  /** A DonationState, or `closed`. */
  readonly state: string;
  readonly volunteer: string;
  readonly road: string;
  readonly tasksDone: number;
  readonly tasksFailed: number;
  /** An error code, where the tab cannot go on, and what the page says of it. */
  readonly problem: string;
  readonly why: string;
}

export interface TabOptions {
  readonly workers?: number | undefined;
  readonly fault?: Fault | undefined;
  /** What one task may have, in MiB. */
  readonly memory?: number | undefined;
  /** Of the grid; makes the tab a trusted one. */
  readonly token?: string | undefined;
  /** `no`: the token only lets the tab in. */
  readonly trusted?: 'no' | undefined;
  readonly road?: 'websocket' | 'turn' | undefined;
}

export type TabListener = (state: TabState) => void;

/** States of a tab that the grid knows. */
const HERE: ReadonlySet<string> = new Set(['waiting', 'fetching', 'computing', 'paused']);
const OPEN_MS = 30_000;
/** The page notices the loss of a frame within 4 s. */
const CRASH_REPORT_MS = 6_000;
const FINISH_MS = 15_000;

/** The volunteer page with its options in the fragment. */
export function volunteerAddress(url: string, options: TabOptions): string {
  const address = new URL(url);
  // A grid that a tab hosts, and an invitation, are in the fragment already.
  const fragment = new URLSearchParams(address.hash.slice(1));
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) fragment.set(name, String(value));
  }
  address.hash = fragment.toString();
  return address.href;
}

/** One headless browser whose tabs donate. Each tab has a profile, and so an identity, of its own. */
export class HeadlessTabs {
  readonly #browser: Browser;
  readonly #tabs: HeadlessTab[] = [];
  #isClosed = false;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @throws {GridError} `browser-missing`. */
  static async launch(options: { flags?: readonly string[] } = {}): Promise<HeadlessTabs> {
    return new HeadlessTabs(await launchBrowser(options));
  }

  /**
   * Opens the page and presses Start.
   * @throws {GridError} `unreachable` where the address shows no volunteer page.
   */
  async open(url: string, options: TabOptions, listener: TabListener): Promise<HeadlessTab> {
    const context = await this.#browser.newContext();
    const address = volunteerAddress(url, options);
    const tab = new HeadlessTab(context, address, this.#tabs.length, listener);
    this.#tabs.push(tab);
    await tab.open();
    return tab;
  }

  get tabs(): readonly HeadlessTab[] {
    return this.#tabs;
  }

  /** Tabs whose page has not closed itself. */
  get openTabs(): readonly HeadlessTab[] {
    return this.#tabs.filter(({ isOpen }) => isOpen);
  }

  /** Called once when the browser goes away without having been closed here. */
  onLost(listener: () => void): void {
    this.#browser.once('disconnected', () => {
      if (!this.#isClosed) listener();
    });
  }

  /** Lets what runs end, as the page's Finish does, then closes; at most 15 s. Twice does no harm. */
  async finish(): Promise<void> {
    await Promise.all(this.openTabs.map((tab) => tab.finish()));
    await this.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#browser.close();
  }
}

/** A tab that donates; a crashed one is opened again in the same profile. */
export class HeadlessTab {
  readonly #context: BrowserContext;
  readonly #address: string;
  readonly #listener: TabListener;
  readonly #closedListeners: (() => void)[] = [];
  readonly #stateListeners: (() => void)[] = [];
  #page: Page | undefined;
  #state: TabState;

  constructor(context: BrowserContext, address: string, tab: number, listener: TabListener) {
    this.#context = context;
    this.#address = address;
    this.#listener = listener;
    const none = { volunteer: '', road: '', tasksDone: 0, tasksFailed: 0, problem: '', why: '' };
    this.#state = { tab, state: 'idle', ...none };
  }

  get state(): TabState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.state !== 'closed';
  }

  /** Called with every change from now on. */
  onState(listener: () => void): void {
    this.#stateListeners.push(listener);
  }

  /** Called when the tab is gone for good. */
  onClosed(listener: () => void): void {
    if (this.isOpen) this.#closedListeners.push(listener);
    else listener();
  }

  /**
   * Resolves once the grid has welcomed it.
   * @throws {GridError} `timeout` after 30 s, `closed`.
   */
  async joined(): Promise<void> {
    const isHere = () => this.#state.volunteer !== '' && HERE.has(this.#state.state);
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new GridError('timeout', 'A tab has not reached the grid.'));
      const timer = setTimeout(late, OPEN_MS);
      const look = () => {
        if (!isHere()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#stateListeners.push(look);
      this.onClosed(() => reject(new GridError('closed', 'A tab closed before it joined.')));
      look();
    });
  }

  async open(): Promise<void> {
    if (!this.#page) await this.#context.exposeBinding('tabChanged', (_, data) => this.#take(data));
    const page = await this.#context.newPage();
    this.#page = page;
    page.once('crash', () => void this.#reopen(page));
    page.once('close', () => this.#onPageClosed(page));
    try {
      await page.goto(this.#address, { timeout: OPEN_MS });
      await page.evaluate(watchPage);
      await page.click('#start', { timeout: OPEN_MS });
    } catch (cause) {
      if (!this.isOpen) return; // it closed itself, as a tab that vanishes does
      const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      const message = `${this.#address.split('#')[0]} shows no volunteer page: ${why}`;
      throw new GridError('unreachable', message, { cause });
    }
  }

  /** Closes the tab at once, as a person does; the grid is told by nobody else. */
  async close(): Promise<void> {
    await this.#page?.close();
  }

  async finish(): Promise<void> {
    const page = this.#page;
    if (!page || this.#state.state === 'idle' || this.#state.state === 'failed') return;
    try {
      await page.click('#finish', { timeout: FINISH_MS });
      await page.waitForSelector('html[data-state=idle]', {
        timeout: FINISH_MS,
        state: 'attached',
      });
    } catch {
      // It is closed next; the grid gives its tasks to others.
    }
  }

  async #reopen(page: Page): Promise<void> {
    if (page !== this.#page) return;
    this.#take({ state: 'crashed' });
    // Mostly it is a sandbox frame that died, and the page is about to tell the grid which task did that. A driven
    // browser holds every frame made after a crash, so the page itself cannot go on.
    await new Promise((resolve) => setTimeout(resolve, CRASH_REPORT_MS));
    if (!this.#context.browser()?.isConnected()) return;
    try {
      await page.close();
      await this.open();
    } catch {
      this.#take({ state: 'closed' });
    }
  }

  #onPageClosed(page: Page): void {
    if (page === this.#page && this.#state.state !== 'crashed') this.#take({ state: 'closed' });
  }

  #take(data: Readonly<Record<string, string>>): void {
    const { state, volunteer, road, problem, why } = data;
    const before = this.#state;
    this.#state = {
      tab: before.tab,
      state: state ?? before.state,
      volunteer: volunteer || before.volunteer,
      road: road ?? before.road,
      tasksDone: Number(data.tasksDone ?? before.tasksDone),
      tasksFailed: Number(data.tasksFailed ?? before.tasksFailed),
      problem: problem ?? before.problem,
      why: why ?? before.why,
    };
    this.#listener(this.#state);
    for (const listener of this.#stateListeners) listener();
    if (!this.isOpen) for (const tell of this.#closedListeners.splice(0)) tell();
  }
}

/** Runs in the page: tells of every change of its data attributes. */
function watchPage(): void {
  const { documentElement: root } = document;
  const { tabChanged } = globalThis as unknown as {
    tabChanged(data: Record<string, string>): Promise<void>;
  };
  const tell = () => void tabChanged({ ...root.dataset } as Record<string, string>);
  new MutationObserver(tell).observe(root, { attributes: true });
  tell();
}
