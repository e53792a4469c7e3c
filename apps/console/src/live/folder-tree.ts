import type { GridFiles } from 'manytabs';
import { crumbsOf } from '../model/file-path.ts';

/** So many folders of one folder are shown. */
const CHILDREN_MAX = 5_000;

export interface TreeRow {
  readonly path: string;
  readonly depth: number;
  readonly isOpen: boolean;
}

/** The folders that are open and what is in them, as rows; each folder is asked for when it is opened. */
export class FolderTree {
  readonly #files: Pick<GridFiles, 'list'>;
  readonly #open = new Set<string>();
  readonly #children = new Map<string, readonly string[]>();
  readonly #listeners = new Set<() => void>();
  #rows: readonly TreeRow[] = [{ path: '/', depth: 0, isOpen: false }];

  constructor(files: Pick<GridFiles, 'list'>) {
    this.#files = files;
  }

  readonly get = (): readonly TreeRow[] => this.#rows;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens what is above it and the folder itself, and looks anew at what is in it. */
  reveal(path: string): void {
    for (const above of crumbsOf(path)) {
      this.#open.add(above);
      if (above === path || !this.#children.has(above)) void this.#list(above);
    }
    this.#tell();
  }

  toggle(path: string): void {
    if (!this.#open.delete(path)) {
      this.#open.add(path);
      void this.#list(path);
    }
    this.#tell();
  }

  /** One that cannot be listed is shown as it was: the page itself tells what is wrong. */
  async #list(path: string): Promise<void> {
    const found: string[] = [];
    try {
      for await (const entry of this.#files.list(path, { folders: true })) {
        if (found.push(entry.path) >= CHILDREN_MAX) break;
      }
    } catch {
      return;
    }
    this.#children.set(path, found);
    this.#tell();
  }

  #tell(): void {
    this.#rows = [...this.#below('/', 0)];
    for (const listener of this.#listeners) listener();
  }

  *#below(path: string, depth: number): Generator<TreeRow> {
    const isOpen = this.#open.has(path);
    yield { path, depth, isOpen };
    if (!isOpen) return;
    for (const child of this.#children.get(path) ?? []) yield* this.#below(child, depth + 1);
  }
}
