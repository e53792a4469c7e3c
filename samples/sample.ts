import { GridError, type MosaicView, placeTile } from '@manytabs/protocol';
import type { GridApi, InputSource, Job, MapOptions, Task } from 'manytabs';
import type { Raster } from './png.ts';

/** Fetches one of the files that `build.mjs` makes, by its name. */
export type FetchAsset = (name: string) => Promise<Uint8Array>;

/** What `Grid.map` takes. */
export interface SampleJob {
  readonly inputs: InputSource<unknown>;
  readonly task: Task<unknown, unknown>;
  readonly options: MapOptions;
}

/** A job with a picture as its result, and known to the last bit. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Told to volunteers. */
  readonly purpose: string;
  /** What it takes one core, about. */
  readonly seconds: number;
  /** Path of its small picture on the grid's server. */
  readonly picture: string;
  readonly view: MosaicView;
  /** SHA-256 of the raster's bytes that `assemble` gives, in hex. */
  readonly sha256: string;
  /** SHA-256 of the PNG file that `encodePng` makes of it. */
  readonly pngSha256: string;
  load(fetchAsset: FetchAsset): Promise<SampleJob>;
  /** Puts results together; where one is missing or no tile, the picture stays transparent. */
  assemble(rows: Iterable<SampleRow>): Raster;
  /**
   * Submits it. The job comes inside an object, since a promise of a Job would wait for all its values.
   * @throws {GridError} `unreachable` where the assets cannot be fetched.
   */
  start(grid: GridApi, fetchAsset?: FetchAsset): Promise<{ readonly job: Job<unknown> }>;
}

export interface SampleRow {
  readonly index: number;
  readonly value: unknown;
}

/** What a sample is made of; the rest is the same for all. */
export interface SamplePlan
  extends Pick<
    Sample,
    'id' | 'title' | 'description' | 'purpose' | 'seconds' | 'picture' | 'view' | 'sha256'
  > {
  readonly pngSha256: string;
  loadJob(fetchAsset: FetchAsset): Promise<Pick<SampleJob, 'inputs' | 'task' | 'options'>>;
}

export function defineSample({ loadJob, ...facts }: SamplePlan): Sample {
  const { title: name, purpose, view } = facts;
  const load = async (fetchAsset: FetchAsset): Promise<SampleJob> => {
    const { inputs, task, options } = await loadJob(fetchAsset);
    return { inputs, task, options: { name, purpose, view, ...options } };
  };
  return {
    ...facts,
    load,
    assemble: (rows) => assembleMosaic(view, rows),
    start: async (grid, fetchAsset = fetchServed) => {
      const { inputs, task, options } = await load(fetchAsset);
      return { job: grid.map(inputs, task, options) };
    },
  };
}

/** From the server of the page that asks. */
async function fetchServed(name: string): Promise<Uint8Array> {
  const response = await fetch(`/samples/${name}`);
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new GridError('unreachable', `The server answers ${response.status} to /samples/${name}.`);
}

function assembleMosaic(view: MosaicView, rows: Iterable<SampleRow>): Raster {
  const { width, height } = view;
  const rgba = new Uint8Array(width * height * 4);
  for (const { index, value } of rows) {
    const tile = placeTile(view, index, value);
    for (let row = 0; tile && row < tile.height; row++) {
      const line = tile.rgba.subarray(row * tile.width * 4, (row + 1) * tile.width * 4);
      rgba.set(line, ((tile.y + row) * width + tile.x) * 4);
    }
  }
  return { width, height, rgba };
}
