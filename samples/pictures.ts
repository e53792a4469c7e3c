import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodePng,
  type FetchAsset,
  isMapSample,
  PREVIEWS,
  type Raster,
  SAMPLES,
  type Sample,
  type SampleRow,
} from './index.ts';
import { runHere, runOnLocalGrid } from './local.ts';

const THUMBNAIL_WIDTH = 213;
/** A picture that is no larger is its own thumbnail. */
const THUMBNAIL_BYTES = 20_000;
/** Thumbnails have fewer shades, so that they stay below 60 KB. */
const SHADE = 4;

/**
 * Renders every sample on this machine, prints the hashes that the samples declare, and writes the pictures into
 * samples/dist/pictures and their thumbnails into public/samples. Takes about a minute. Run by pictures.mjs.
 */
export async function makePictures(root: string, ids: readonly string[]): Promise<void> {
  const folder = join(root, 'samples', 'dist', 'pictures');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'public', 'samples'), { recursive: true });
  for (const sample of [...PREVIEWS, ...SAMPLES]) {
    if (ids.length > 0 && !ids.includes(sample.id)) continue;
    const raster = await render(root, sample);
    const png = encodePng(raster);
    console.log(`${sample.id}  raster ${sha256(raster.rgba)}  png ${sha256(png)}`);
    await writeFile(join(folder, `${sample.id}.png`), png);
    if (!SAMPLES.includes(sample)) continue;
    const factor = Math.round(raster.width / THUMBNAIL_WIDTH);
    const isSmall = png.length <= THUMBNAIL_BYTES;
    const thumbnail = isSmall ? png : encodePng(shrunk(raster, factor));
    await writeFile(join(root, 'public', sample.picture), thumbnail);
  }
}

async function render(root: string, sample: Sample): Promise<Raster> {
  const dist = join(root, 'samples', 'dist');
  const started = process.cpuUsage();
  const rows = await rowsOf(sample, (name) => readFile(join(dist, name)));
  const { user, system } = process.cpuUsage(started);
  console.log(`${sample.id}  ${rows.length} tasks, ${((user + system) / 1e6).toFixed(1)} s`);
  return sample.assemble(rows);
}

async function rowsOf(sample: Sample, fetchAsset: FetchAsset): Promise<SampleRow[]> {
  if (!isMapSample(sample)) return runOnLocalGrid(sample, fetchAsset);
  const rows: SampleRow[] = [];
  for await (const row of runHere(sample, fetchAsset)) rows.push(row);
  return rows;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Each pixel the mean of the `factor` by `factor` pixels that it stands for. */
function shrunk(from: Raster, factor: number): Raster {
  const [width, height] = [Math.floor(from.width / factor), Math.floor(from.height / factor)];
  const rgba = new Uint8Array(width * height * 4);
  for (let at = 0; at < rgba.length; at++) {
    const pixel = Math.floor(at / 4);
    const corner = Math.floor(pixel / width) * factor * from.width + (pixel % width) * factor;
    rgba[at] = Math.min(255, Math.round(mean(from, corner * 4 + (at % 4), factor) / SHADE) * SHADE);
  }
  return { width, height, rgba };
}

function mean({ width, rgba }: Raster, corner: number, factor: number): number {
  let sum = 0;
  for (let y = 0; y < factor; y++) {
    for (let x = 0; x < factor; x++) sum += rgba[corner + (y * width + x) * 4] ?? 0;
  }
  return sum / (factor * factor);
}
