import type { Change } from '@manytabs/protocol';

export type ChangeListener = (change: Change | undefined) => void;

/** Who watches which keys in this process. */
export class Watchers {
  readonly #watchers = new Set<{ readonly prefix: string; readonly listener: ChangeListener }>();

  add(prefix: string, listener: ChangeListener): () => void {
    const watcher = { prefix, listener };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Never inside the call that wrote, whose outcome a listener that throws must not change. */
  tell(change: Change | undefined): void {
    for (const watcher of this.#watchers) {
      if (change && !change.key.startsWith(watcher.prefix)) continue;
      queueMicrotask(() => {
        if (this.#watchers.has(watcher)) watcher.listener(change);
      });
    }
  }

  clear(): void {
    this.#watchers.clear();
  }
}
