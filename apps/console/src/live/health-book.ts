import type { FileHealth } from '@manytabs/protocol';
import type { GridFiles } from 'manytabs';

const ASKED_AT_ONCE = 64;
/** Rows that come into sight together are asked for together. */
const GATHER_MS = 60;
const FRESH_MS = 10_000;

/** How the files in sight stand: asked for some at once, and again while they are looked at. */
export class HealthBook {
  readonly #files: Pick<GridFiles, 'health'>;
  readonly #known = new Map<string, FileHealth | null>();
  readonly #watched = new Map<string, Set<() => void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSoon = false;

  constructor(files: Pick<GridFiles, 'health'>) {
    this.#files = files;
  }

  /** Undefined until it is known. */
  get(path: string): FileHealth | null | undefined {
    return this.#known.get(path);
  }

  watch(path: string, listener: () => void): () => void {
    const listeners = this.#watched.get(path) ?? new Set();
    this.#watched.set(path, listeners.add(listener));
    if (!this.#known.has(path)) this.#lookIn(GATHER_MS);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.#watched.delete(path);
      // What is out of sight is asked for anew when it comes back.
      this.#known.delete(path);
      if (this.#watched.size === 0) clearTimeout(this.#timer);
    };
  }

  #lookIn(ms: number): void {
    const isSoon = ms === GATHER_MS;
    if (isSoon && this.#isSoon) return;
    clearTimeout(this.#timer);
    this.#isSoon = isSoon;
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const isSoon = this.#isSoon;
    this.#isSoon = false;
    const watched = [...this.#watched.keys()];
    const paths = isSoon ? watched.filter((path) => !this.#known.has(path)) : watched;
    for (let at = 0; at < paths.length; at += ASKED_AT_ONCE) {
      await this.#ask(paths.slice(at, at + ASKED_AT_ONCE));
    }
    if (this.#watched.size > 0 && !this.#isSoon) this.#lookIn(FRESH_MS);
  }

  /** A question that fails leaves what is known; the next may succeed. */
  async #ask(paths: readonly string[]): Promise<void> {
    const found = await this.#files.health(paths).catch(() => []);
    for (const [i, health] of found.entries()) {
      const path = paths[i] as string;
      if (!this.#watched.has(path) || this.#known.get(path) === health) continue;
      this.#known.set(path, health);
      for (const listener of this.#watched.get(path) ?? []) listener();
    }
  }
}
