import { type GridError, toGridError } from '@manytabs/protocol';
import type { FileEntry, GridFiles } from 'manytabs';

/** So many entries of a folder are listed; a pattern finds the rest. */
export const LISTED_MAX = 200_000;
const FIRST_SHOWN = 200;
const TOLD_EVERY_MS = 250;

export interface Listing {
  /** Folders first, by name. */
  readonly entries: readonly FileEntry[];
  readonly state: 'loading' | 'whole' | 'cut' | 'failed';
  readonly error: GridError | undefined;
  readonly at: number | undefined;
}

const NOTHING: Listing = { entries: [], state: 'loading', error: undefined, at: undefined };

/** A folder's entries, shown while they arrive; a listing that fails leaves the one before it. */
export class FolderListing {
  readonly #files: GridFiles;
  readonly #path: string;
  readonly #listeners = new Set<() => void>();
  #listing = NOTHING;
  #abort = new AbortController();

  constructor(files: GridFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  readonly get = (): Listing => this.#listing;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.refresh(); // failures become the listing's
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#abort.abort();
    };
  };

  async refresh(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      await this.#read(signal);
    } catch (thrown) {
      if (signal.aborted) return; // nobody looks at it, or a newer one is under way
      const error = toGridError(thrown, 'connection-lost');
      this.#become({ ...this.#listing, state: 'failed', error });
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const entries: FileEntry[] = [];
    const isFirst = this.#listing.at === undefined;
    let toldAt = 0;
    for await (const entry of this.#files.list(this.#path, { signal })) {
      if (signal.aborted) return;
      if (entries.push(entry) >= LISTED_MAX) break;
      if (!isFirst || entries.length < FIRST_SHOWN || Date.now() - toldAt < TOLD_EVERY_MS) continue;
      toldAt = Date.now();
      this.#become({ ...NOTHING, entries: foldersFirst(entries) });
    }
    if (signal.aborted) return;
    const state = entries.length >= LISTED_MAX ? 'cut' : 'whole';
    this.#become({ entries: foldersFirst(entries), state, error: undefined, at: Date.now() });
  }

  #become(listing: Listing): void {
    this.#listing = listing;
    for (const listener of this.#listeners) listener();
  }
}

/** The grid lists by name already. */
function foldersFirst(entries: readonly FileEntry[]): readonly FileEntry[] {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  return folders.concat(entries.filter((entry) => entry.kind === 'file'));
}
