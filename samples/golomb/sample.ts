import { jsModule, range } from 'manytabs/tasks';
import { defineSample, type MapSample } from '../sample.ts';
import { CELL, type Hunt, largestGap } from './hunt.ts';

interface Answer {
  readonly seconds: number;
  readonly sha256: string;
  readonly pngSha256: string;
}

/** The shortest rulers of 11 marks: 72 long, and there are two of them. */
export const GOLOMB = golomb(
  'golomb',
  'Golomb ruler hunt',
  { order: 11, length: 72 },
  {
    seconds: 5,
    sha256: '90c8ab6f153ccc763c2743234e8803f11f8d71a68dcf680cf55ffae7cdc16e90',
    pngSha256: '00fd5d04a63f7e8d738dec345d5e9c16e4f02e97ded986056f99d26a184dc1b4',
  },
);

/** Of 10 marks: 55 long, and there is one. */
export const GOLOMB_PREVIEW = golomb(
  'golomb-preview',
  'Golomb ruler hunt, 10 marks',
  { order: 10, length: 55 },
  {
    seconds: 1,
    sha256: 'a2958299cb4db46c42c51c472d7b850f334f2f2921a9af93cca0d0e5885ff33b',
    pngSha256: '1f2a8dc45b73c6653561374412e74f7282de9d5b965ffa44d2d69302d40de520',
  },
);

function golomb(id: string, title: string, hunt: Hunt, answer: Answer): MapSample {
  const side = largestGap(hunt);
  return defineSample({
    ...answer,
    id,
    title,
    description: `Looks for rulers of ${hunt.order} marks on which no distance comes twice, and shows that none is shorter than ${hunt.length}. The picture is the tree of the search.`,
    purpose: 'Shows that the best known Golomb ruler is the shortest there is.',
    picture: '/samples/golomb.png',
    view: { kind: 'mosaic', width: side * CELL, height: side * CELL },
    loadJob: async (fetchAsset) => ({
      inputs: range(0, side * side),
      task: jsModule(new TextDecoder().decode(await fetchAsset('golomb-hunt.js'))),
      options: { args: hunt },
    }),
  });
}
