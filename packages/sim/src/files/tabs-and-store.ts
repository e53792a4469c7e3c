import { GridError } from '@manytabs/protocol';
import { MemoryBlobs, MemoryKeyValue } from '@manytabs/storage';
import type { FileStat, Grid, GridFiles } from 'manytabs';
import { CrashingKeyValue, MemoryGrid, newHome, type TabHome } from 'manytabs/memory-grid';

import type { State } from './model.ts';

const TABS = 5;
const LOOK_MS = 1;
const WHOLE_MS = 20_000;

class LastingBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

/** A grid whose coordinator dies and comes back on what it stored, and whose tabs come and go with what they store. */
export class TabsAndStore {
  readonly #keyValue = new MemoryKeyValue();
  readonly #stores = { blobs: new LastingBlobs() };
  readonly #homes: TabHome[] = Array.from({ length: TABS }, newHome);
  #store = new CrashingKeyValue(this.#keyValue);
  #grid = new MemoryGrid({ ...this.#stores, keyValue: this.#store });
  #tabs = new Map<TabHome, ReturnType<MemoryGrid['donate']>>();
  #submitter: Promise<Grid> = this.#grid.submitter();

  async start(): Promise<void> {
    for (const home of this.#homes) this.#tabs.set(home, this.#grid.donate({ home }));
    await until(
      () => this.#grid.host.machine.nodes().length === TABS,
      () => 'the tabs joined',
    );
  }

  async files(): Promise<GridFiles> {
    return (await this.#submitter).files;
  }

  crashAfter(writes: number): void {
    this.#store.crashAfter(writes);
  }

  get isDead(): boolean {
    return this.#store.isDead;
  }

  /** All links break; another coordinator begins on the same stores, and the tabs report what they hold. */
  async restart(): Promise<void> {
    await this.#grid.close();
    this.#tabs.clear();
    this.#store = new CrashingKeyValue(this.#keyValue);
    this.#grid = new MemoryGrid({ ...this.#stores, keyValue: this.#store });
    await this.#grid.host.recover();
    this.#submitter = this.#grid.submitter();
    await this.start();
    await this.#untilWhole();
  }

  /** One tab goes without its store, or comes back with it, once nothing is short: who loses two at once may lose data. */
  async churn(which: number, comesBack: boolean): Promise<void> {
    await this.#untilWhole();
    const at = which % TABS;
    const home = this.#homes[at] as TabHome;
    this.#tabs.get(home)?.stop();
    this.#tabs.delete(home);
    await until(
      () => this.#grid.host.machine.nodes().length === TABS - 1,
      () => 'a tab is gone',
    );
    const next = comesBack ? home : newHome();
    this.#homes[at] = next;
    this.#tabs.set(next, this.#grid.donate({ home: next }));
    await until(
      () => this.#grid.host.machine.nodes().length === TABS,
      () => 'a tab came',
    );
  }

  async state(): Promise<State> {
    const files = await this.files();
    const state = new Map<string, string>();
    for await (const { path, kind } of files.list('/', { recursive: true })) {
      if (kind === 'file') state.set(path, new TextDecoder().decode(await files.get(path)));
    }
    return state;
  }

  close(): Promise<void> {
    return this.#grid.close();
  }

  async #untilWhole(): Promise<void> {
    const files = await this.files();
    let short = '';
    const isWhole = async () => {
      for await (const { path, kind } of files.list('/', { recursive: true })) {
        if (kind === 'folder') continue;
        const { health, bytes, replicas, durability, code } = (await files.stat(path)) as FileStat;
        short = JSON.stringify({ path, health, bytes, replicas, durability, code });
        if (health !== 'full') return false;
      }
      return true;
    };
    await until(isWhole, () => `${short} is whole again`);
  }
}

/** A condition is waited for in real time: the hosts, tabs and links are the real ones. */
async function until(isSo: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const end = Date.now() + WHOLE_MS; !(await isSo()); ) {
    if (Date.now() > end) throw new GridError('timeout', `It never came that ${what()}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
