import { range } from 'manytabs/tasks';
import { defineSample, type MapSample } from '../sample.ts';

/** As in assembly/index.ts. */
const TILE = 64;

interface Poster {
  readonly id: string;
  readonly title: string;
  readonly export: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly sha256: string;
  readonly pngSha256: string;
}

export const FRACTAL = fractal({
  id: 'fractal',
  title: 'Deep-zoom fractal poster',
  export: 'tile',
  width: 1920,
  height: 1280,
  seconds: 16,
  sha256: '315bd647c2a3a0ae888ba631cb4b694915f62b03cfc7ed76e708a6d1365c82f3',
  pngSha256: '5727e4acbfe15f6d8a43bc6922ff0d69fa6d0c72e3b773acffdfe38848fea00a',
});

/** The same view, small, for tests. */
export const FRACTAL_PREVIEW = fractal({
  id: 'fractal-preview',
  title: 'Deep-zoom fractal, small',
  export: 'preview',
  width: 384,
  height: 256,
  seconds: 1,
  sha256: 'e039216e5ee78c3ec2e08210aa6be7d125796356597fba2744aa22bf2bbb5b0e',
  pngSha256: 'e62c2cd8982b76297dab41ce19be9f25eb09c349a25596f8c0fc6097cfc88baa',
});

function fractal({ width, height, export: name, ...facts }: Poster): MapSample {
  return defineSample({
    ...facts,
    description:
      'A hundred-billionth of the Mandelbrot set, as wide as a screen. A WASM module, built from AssemblyScript, computes tile after tile.',
    purpose: 'Draws a poster of a place deep in the Mandelbrot set.',
    picture: '/samples/fractal.png',
    view: { kind: 'mosaic', width, height, tileWidth: TILE, tileHeight: TILE },
    loadJob: async (fetchAsset) => ({
      inputs: range(0, (width / TILE) * (height / TILE)),
      task: { kind: 'wasm', bytes: await fetchAsset('fractal.wasm'), export: name },
      options: {},
    }),
  });
}
