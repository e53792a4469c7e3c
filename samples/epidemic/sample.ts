import { python, range } from 'manytabs/tasks';
import { defineSample, type MapSample } from '../sample.ts';

/** As in sweep.py. */
const COLUMNS = 32;
const ROWS = 20;
const CELL = 12;

export const EPIDEMIC: MapSample = defineSample({
  id: 'epidemic',
  title: 'Epidemic sweep in Python',
  description:
    'How an epidemic ends, for 640 pairs of how catching a disease is and how soon people recover. A script of plain Python.',
  purpose: 'Finds out for which diseases an epidemic dies out, in a made-up town.',
  seconds: 20,
  picture: '/samples/epidemic.png',
  view: { kind: 'mosaic', width: COLUMNS * CELL, height: ROWS * CELL },
  sha256: '2997879bab31ee8756659547f1f7d99024ec7ecf2119cf83092c919743faf26d',
  pngSha256: '9e5d3fc75310b584ebf4c209c983f74d911b7218324fceaca6b7fabdc09a40b7',
  loadJob: async (fetchAsset) => ({
    inputs: range(0, COLUMNS * ROWS),
    task: python(new TextDecoder().decode(await fetchAsset('sweep.py'))),
    options: {},
  }),
});
