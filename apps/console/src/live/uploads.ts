import { type GridError, toGridError } from '@manytabs/protocol';
import type { Durability, GridFiles } from 'manytabs';

const AT_ONCE = 3;

export interface Upload {
  readonly id: number;
  readonly path: string;
  readonly total: number;
  readonly bytes: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly error: GridError | undefined;
}

export interface UploadOptions {
  readonly durability: Durability;
  readonly replicas: number | undefined;
}

interface Waiting {
  readonly id: number;
  readonly file: Blob;
  readonly options: UploadOptions;
}

/** Files on their way to the grid, a few at once. They go on while another page is looked at. */
export class Uploads {
  readonly #files: Pick<GridFiles, 'put'>;
  readonly #listeners = new Set<() => void>();
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<number, AbortController>();
  #uploads: readonly Upload[] = [];
  #next = 0;

  constructor(files: Pick<GridFiles, 'put'>) {
    this.#files = files;
  }

  readonly get = (): readonly Upload[] => this.#uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(files: readonly { path: string; file: Blob }[], options: UploadOptions): void {
    const added = files.map(({ path, file }): Upload => {
      const id = this.#next++;
      this.#waiting.push({ id, file, options });
      return { id, path, total: file.size, bytes: 0, state: 'waiting', error: undefined };
    });
    this.#tell([...this.#uploads, ...added]);
    this.#start();
  }

  /** Those under way and those that wait. */
  cancelAll(): void {
    this.#waiting.length = 0;
    for (const abort of this.#running.values()) abort.abort();
    this.#tell(
      this.#uploads.map((upload) =>
        upload.state === 'waiting' ? { ...upload, state: 'cancelled' } : upload,
      ),
    );
  }

  forgetEnded(): void {
    this.#tell(this.#uploads.filter(({ state }) => state === 'waiting' || state === 'running'));
  }

  #start(): void {
    while (this.#running.size < AT_ONCE) {
      const next = this.#waiting.shift();
      if (!next) return;
      void this.#run(next); // failures become the upload's
    }
  }

  async #run({ id, file, options }: Waiting): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    this.#change(id, { state: 'running' });
    const path = this.#uploads.find((upload) => upload.id === id)?.path ?? '';
    try {
      await this.#files.put(path, file, {
        ...options,
        signal: abort.signal,
        onProgress: ({ bytes }) => this.#change(id, { bytes }),
      });
      this.#change(id, { state: 'done', bytes: file.size });
    } catch (thrown) {
      const state = abort.signal.aborted ? 'cancelled' : 'failed';
      this.#change(id, { state, error: toGridError(thrown, 'connection-lost') });
    }
    this.#running.delete(id);
    this.#start();
  }

  #change(id: number, part: Partial<Upload>): void {
    this.#tell(this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }

  #tell(uploads: readonly Upload[]): void {
    this.#uploads = uploads;
    for (const listener of this.#listeners) listener();
  }
}

const ofGrid = new WeakMap<GridFiles, Uploads>();

/** The uploads of a grid, whichever page looks at them. */
export function uploadsOf(files: GridFiles): Uploads {
  const known = ofGrid.get(files) ?? new Uploads(files);
  ofGrid.set(files, known);
  return known;
}
