// The tasks run here as they are, without a grid: what is tested is that their answers are known to the last bit. The
// full pictures take most of a minute, so of them a few tiles; `npm run demo` and the end-to-end tests make whole ones.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeTile } from '@manytabs/protocol';
import { checkSource, type GridApi } from 'manytabs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Coverage } from './align/coverage.ts';
import { buildSamples } from './build.mjs';
import type { Found } from './golomb/hunt.ts';
import {
  encodePng,
  isMapSample,
  type MapSample,
  PREVIEWS,
  SAMPLES,
  type Sample,
  type SampleRow,
} from './index.ts';
import { runHere, runOnLocalGrid } from './local.ts';
import { trustOf } from './sample.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manytabs-samples-'));
  await buildSamples(folder);
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function fetchAsset(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(folder, name)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function rowsOf(sample: MapSample, only?: (index: number) => boolean): Promise<SampleRow[]> {
  const rows: SampleRow[] = [];
  for await (const row of runHere(sample, fetchAsset, only)) rows.push(row);
  return rows;
}

function byId(samples: readonly Sample[], id: string): MapSample {
  const sample = samples.find((one) => one.id === id);
  if (!sample || !isMapSample(sample)) throw new TypeError(`no sample ${id}`);
  return sample;
}

describe.each(PREVIEWS)('$id', (sample) => {
  test('[UI102] the small picture has the hash it declares, and its PNG too', async () => {
    const raster = sample.assemble(await rowsOf(sample));
    expect([raster.width, raster.height]).toEqual([sample.view.width, sample.view.height]);
    expect(sha256(raster.rgba)).toBe(sample.sha256);
    expect(sha256(encodePng(raster))).toBe(sample.pngSha256);
  }, 180_000);

  test('[UI103] a tile is the same whatever was computed before it', async () => {
    const all = await rowsOf(sample);
    const last = all.length - 1;
    expect(await rowsOf(sample, (index) => index === last)).toEqual(all.slice(last));
  }, 180_000);

  test('[UI100] every result is a tile of the picture, and together they fill it', async () => {
    const rows = await rowsOf(sample);
    const tiles = rows.map(({ index, value }) => placeTile(sample.view, index, value));
    const pixels = tiles.reduce((sum, tile) => sum + (tile ? tile.width * tile.height : 0), 0);
    expect(pixels).toBe(sample.view.width * sample.view.height);
    const { rgba } = sample.assemble(rows);
    expect(rgba.every((byte, at) => at % 4 !== 3 || byte === 255)).toBe(true);
  }, 180_000);
});

test.each([
  [
    'bunny',
    {
      20: '1113dab780d96234',
      71: '9eac7444249378a5',
      137: '0b1f6f3d4173342b',
      190: '4300328b202ad11c',
    },
  ],
  [
    'fractal',
    {
      0: 'a4c76f88f79de413',
      284: 'ea789eecdce0ddb0',
      315: 'f627def60352cedf',
      599: 'fe934b980c62ca10',
    },
  ],
])(
  '[UI102] tiles of the full picture: %s',
  async (id, expected) => {
    const rows = await rowsOf(byId(SAMPLES, id), (index) => index in expected);
    const tiles = rows.map(({ index, value }) => {
      const tile = placeTile(byId(SAMPLES, id).view, index, value);
      return [index, tile && sha256(tile.rgba).slice(0, 16)];
    });
    expect(Object.fromEntries(tiles)).toEqual(expected);
  },
  180_000,
);

test('the mesh is larger than a shard, and always the same', async () => {
  const mesh = await fetchAsset('bunny.mesh');
  expect(mesh.length).toBe(2_252_608);
  expect(sha256(mesh).slice(0, 16)).toBe('0c8e3c3a2f81ad02');
});

test('a missing result leaves a hole, and a hostile one too', () => {
  const [sample] = PREVIEWS;
  const raster = sample?.assemble([
    { index: 0, value: { x: -1, y: 0, width: 1, height: 1, rgba: new Uint8Array(4) } },
    { index: 1, value: 'nonsense' },
  ]);
  expect(raster?.rgba.every((byte) => byte === 0)).toBe(true);
});

test.each([...SAMPLES])('the thumbnail of $id is served, small and a PNG', async (sample) => {
  const png = await readFile(join(import.meta.dirname, '..', 'public', sample.picture));
  expect([...png.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  expect(png.length).toBeLessThanOrEqual(60_000);
});

test('a grid takes the samples as they are', async () => {
  for (const sample of [...SAMPLES, ...PREVIEWS].filter(isMapSample)) {
    const { options, task } = await sample.load(fetchAsset);
    expect(options.view).toEqual(sample.view);
    expect(sample.purpose.length).toBeLessThanOrEqual(500);
    if (typeof task === 'object' && task.kind === 'js') checkSource(task.source, task);
  }
});

test('[UI104] the hunt of 10 marks ends at the one ruler of length 55, of 11 marks at the two of 72', async () => {
  const found = async (sample: MapSample) => {
    const rows = (await rowsOf(sample)).map(({ value }) => value as Found);
    const rulers = rows.flatMap(({ ruler }) => (ruler.length > 0 ? [ruler] : []));
    return { nodes: rows.reduce((sum, { nodes }) => sum + nodes, 0), rulers };
  };
  expect(await found(byId(PREVIEWS, 'golomb-preview'))).toEqual({
    nodes: 1_145_100,
    rulers: [[0, 1, 6, 10, 23, 26, 34, 41, 53, 55]],
  });
  expect(await found(byId(SAMPLES, 'golomb'))).toEqual({
    nodes: 21_290_632,
    rulers: [
      [0, 1, 4, 13, 28, 33, 47, 54, 64, 70, 72],
      [0, 1, 9, 19, 24, 31, 52, 56, 58, 69, 72],
    ],
  });
}, 180_000);

test('[UI102] cells of the epidemic: it dies out at the left, and takes nearly all at the right', async () => {
  const cells = new Set([0, 31, 325, 639]);
  const rows = await rowsOf(byId(SAMPLES, 'epidemic'), (index) => cells.has(index));
  const attacks = rows.map(({ value }) => (value as { attack: number }).attack);
  expect(attacks).toEqual([0.09444444444444444, 1, 0.01888888888888889, 0.7911111111111111]);
}, 180_000);

test('[UI105] reads of a virus lie where they are from, and show the piece that it lacks', async () => {
  const sample = SAMPLES.find(({ id }) => id === 'align');
  if (!sample) throw new TypeError('no sample align');
  const rows = await runOnLocalGrid(sample, fetchAsset);
  const { mapped, right, wrong, unmapped, gaps, mean, depth } = { ...(rows[0]?.value as Coverage) };
  expect({ mapped, right, wrong, unmapped, mean }).toEqual({
    mapped: 7829,
    right: 7823,
    wrong: 6,
    unmapped: 171,
    mean: 16.14,
  });
  // The second one is what the virus lacks; no read begins just at an end of the genome.
  expect(gaps).toEqual([
    [1, 6],
    [40_511, 43_290],
    [48_491, 48_502],
  ]);
  expect(sha256(depth)).toBe('47d1e51949c5635b516fac47c83d1db08364bccf8f13f125ab3adf4aa5277e7c');
  expect(sha256(encodePng(sample.assemble(rows)))).toBe(sample.pngSha256);
}, 180_000);

test.each([
  [2, {}, 'none'],
  [3, {}, 'standard'],
  [5, { trust: 'draft' }, 'draft'],
  [5, { quorum: 2 }, undefined],
] as const)('[UI106] with %i volunteers, %j runs at %s', async (volunteers, options, trust) => {
  const grid = { status: async () => ({ volunteers }) } as unknown as GridApi;
  expect(await trustOf(grid, options)).toBe(trust);
});
