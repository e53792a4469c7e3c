import type { Appended, Change, Entry, Journal, KeyValue, Versioned } from '@manytabs/protocol';
import type { Page } from 'playwright-core';
import { askPage } from './remote-blobs.ts';

export type JournalMethod = Exclude<keyof Journal, 'close'>;
export type KeyValueMethod = Exclude<keyof KeyValue, 'close' | 'watch'>;

export type StoreCommand =
  | { readonly do: 'store'; readonly act: 'open'; readonly name: string }
  | { readonly do: 'store'; readonly act: 'close' }
  | {
      readonly do: 'store';
      readonly act: 'journal';
      readonly method: JournalMethod;
      readonly args: unknown[];
    }
  | {
      readonly do: 'store';
      readonly act: 'key-value';
      readonly method: KeyValueMethod;
      readonly args: unknown[];
    }
  | { readonly do: 'store'; readonly act: 'watch'; readonly id: number; readonly prefix: string }
  | { readonly do: 'store'; readonly act: 'unwatch'; readonly id: number };

/** The journal of a page, used from here. */
export class RemoteJournal implements Journal {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  append(epoch: number, appended: readonly Appended[]): Promise<void> {
    // The debugging port would take a view for all of its buffer.
    const copies = appended.map(({ partition, records }) => ({
      partition,
      records: records.map((record) => new Uint8Array(record)),
    }));
    return this.#call('append', epoch, copies);
  }

  read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    return this.#call('read', partition, from, bytesMax);
  }

  count(partition: string): Promise<number> {
    return this.#call('count', partition);
  }

  partitions(prefix: string): Promise<readonly string[]> {
    return this.#call('partitions', prefix);
  }

  replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    return this.#call('replace', epoch, partition, records);
  }

  claim(epoch: number): Promise<void> {
    return this.#call('claim', epoch);
  }

  epoch(): Promise<number> {
    return this.#call('epoch');
  }

  async close(): Promise<void> {
    await askPage(this.#page, { do: 'store', act: 'close' });
  }

  async #call<T>(method: JournalMethod, ...args: unknown[]): Promise<T> {
    return (await askPage(this.#page, { do: 'store', act: 'journal', method, args })) as T;
  }
}

/** The key-value space of a page, used from here. */
export class RemoteKeyValue implements KeyValue {
  readonly #page: Page;
  readonly #listeners = new Map<number, (change: Change | undefined) => void>();
  #watches = 0;

  /** One for each page. */
  static async of(page: Page): Promise<RemoteKeyValue> {
    const remote = new RemoteKeyValue(page);
    await page.exposeFunction('tellWatcher', (id: number, change: Change | undefined) =>
      remote.#listeners.get(id)?.(change),
    );
    return remote;
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  get(key: string): Promise<Versioned | undefined> {
    return this.#call('get', key);
  }

  put(key: string, value: Uint8Array, options: { expected: number }): Promise<number> {
    return this.#call('put', key, new Uint8Array(value), options);
  }

  delete(key: string, expected: number): Promise<void> {
    return this.#call('delete', key, expected);
  }

  list(...args: Parameters<KeyValue['list']>): Promise<readonly Entry[]> {
    return this.#call('list', ...args);
  }

  async watch(prefix: string, listener: (change: Change | undefined) => void): Promise<() => void> {
    const id = ++this.#watches;
    this.#listeners.set(id, listener);
    await askPage(this.#page, { do: 'store', act: 'watch', id, prefix });
    return () => {
      this.#listeners.delete(id);
      void askPage(this.#page, { do: 'store', act: 'unwatch', id });
    };
  }

  async close(): Promise<void> {
    await askPage(this.#page, { do: 'store', act: 'close' });
  }

  async #call<T>(method: KeyValueMethod, ...args: unknown[]): Promise<T> {
    return (await askPage(this.#page, { do: 'store', act: 'key-value', method, args })) as T;
  }
}
