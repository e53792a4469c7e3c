import { GridError, type MosaicView } from '@manytabs/protocol';
import type { GridApi, InputSource, JobHandle, MapOptions, Task } from 'manytabs';
import { assembleMosaic } from './mosaic.ts';
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
  /** Puts results together; where one is missing or no tile, the picture stays transparent. */
  assemble(rows: Iterable<SampleRow>): Raster;
  /**
   * Submits it; of several jobs, the one whose results are the picture. It comes inside an object, since a promise of a
   * job would wait for all its values.
   * @throws {GridError} `unreachable` where the assets cannot be fetched.
   */
  start(
    grid: GridApi,
    fetchAsset?: FetchAsset,
    options?: StartOptions,
  ): Promise<{ readonly job: JobHandle<unknown> }>;
}

/** Without `trust` or a quorum it is `standard`, or `none` while fewer than three volunteers are there. */
export type StartOptions = Pick<MapOptions, 'trust' | 'quorum' | 'signal'>;

/** A sample of one job. */
export interface MapSample extends Sample {
  load(fetchAsset: FetchAsset): Promise<SampleJob>;
}

export function isMapSample(sample: Sample): sample is MapSample {
  return 'load' in sample;
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

export function defineSample({ loadJob, ...facts }: SamplePlan): MapSample {
  const { title: name, purpose, view } = facts;
  const load = async (fetchAsset: FetchAsset): Promise<SampleJob> => {
    const { inputs, task, options } = await loadJob(fetchAsset);
    return { inputs, task, options: { name, purpose, view, ...options } };
  };
  return {
    ...facts,
    load,
    assemble: (rows) => assembleMosaic(view, rows),
    start: async (grid, fetchAsset = fetchServed, given = {}) => {
      const { inputs, task, options } = await load(fetchAsset);
      const trust = await trustOf(grid, given);
      return { job: grid.map(inputs, task, { ...options, ...given, trust }) };
    },
  };
}

/** From the server of the page that asks. */
export async function fetchServed(name: string): Promise<Uint8Array> {
  const response = await fetch(`/samples/${name}`);
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new GridError('unreachable', `The server answers ${response.status} to /samples/${name}.`);
}

/** So many check each other, also when one of them leaves. */
const CROWD = 3;

/** As StartOptions says. */
export async function trustOf(
  grid: GridApi,
  { trust, quorum }: StartOptions,
): Promise<StartOptions['trust']> {
  if (trust !== undefined || quorum !== undefined) return trust;
  const { volunteers } = await grid.status();
  return volunteers >= CROWD ? 'standard' : 'none';
}
