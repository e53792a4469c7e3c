import type { Entry, KeyValue, Versioned } from '@manytabs/protocol';
import {
  checkKey,
  checkPrefix,
  checkVersion,
  checkWrite,
  type ListOptions,
  pageOf,
  versionConflict,
} from './bounds.ts';
import { type ChangeListener, Watchers } from './watchers.ts';

/** Keys and values for tests and for grids that need not outlive their process. */
export class MemoryKeyValue implements KeyValue {
  readonly #entries = new Map<string, Versioned>();
  /** The keys in their order, until there is another. */
  #sorted: readonly string[] | undefined;
  readonly #watchers = new Watchers();
  #version = 0;

  async get(key: string): Promise<Versioned | undefined> {
    checkKey(key);
    const found = this.#entries.get(key);
    return found && { value: found.value.slice(), version: found.version };
  }

  async put(key: string, value: Uint8Array, options: { expected: number }): Promise<number> {
    checkWrite(key, value, options.expected);
    this.#expect(key, options.expected);
    const version = ++this.#version;
    if (!this.#entries.has(key)) this.#sorted = undefined;
    this.#entries.set(key, { value: value.slice(), version });
    this.#watchers.tell({ key, version });
    return version;
  }

  async delete(key: string, expected: number): Promise<void> {
    checkKey(key);
    checkVersion(expected);
    this.#expect(key, expected);
    if (!this.#entries.delete(key)) return;
    this.#sorted = undefined;
    this.#watchers.tell({ key, version: 0 });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly Entry[]> {
    const { above, limit } = pageOf(prefix, options);
    this.#sorted ??= [...this.#entries.keys()].sort();
    return this.#sorted
      .filter((key) => key.startsWith(prefix) && key > above)
      .slice(0, limit)
      .flatMap((key) => this.#entryOf(key));
  }

  async watch(prefix: string, listener: ChangeListener): Promise<() => void> {
    checkPrefix(prefix);
    return this.#watchers.add(prefix, listener);
  }

  async close(): Promise<void> {
    this.#watchers.clear();
  }

  #entryOf(key: string): Entry[] {
    const found = this.#entries.get(key);
    return found ? [{ key, value: found.value.slice(), version: found.version }] : [];
  }

  #expect(key: string, expected: number): void {
    if ((this.#entries.get(key)?.version ?? 0) !== expected) throw versionConflict(key, expected);
  }
}
