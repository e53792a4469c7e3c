import { defineSample, type MapSample } from '../sample.ts';
import { MESH_PATH } from './mesh-file.ts';
import type { Picture } from './task.ts';
import { tilesOf } from './tiles.ts';

const FULL: Picture = { width: 640, height: 480, samplesPerPixel: 16 };
const SMALL: Picture = { width: 160, height: 120, samplesPerPixel: 4 };

interface Answer {
  readonly seconds: number;
  readonly sha256: string;
  readonly pngSha256: string;
}

export const BUNNY = bunny('bunny', 'Render the bunny', FULL, {
  seconds: 28,
  sha256: '0c6151df68cef28df73d43306a25f77efa69fb3a419cdb4760356600dd9a6461',
  pngSha256: '1fea4b060f2f33473185bebe2fd846034d27075d6484172c71c2aec4988286db',
});

/** The same picture, small and grainy, for tests. */
export const BUNNY_PREVIEW = bunny('bunny-preview', 'Render the bunny, small', SMALL, {
  seconds: 1,
  sha256: '110d97065c3f54f97852378a956cf61857087617bb6cc128d297c1e08be1b818',
  pngSha256: '101912126f086b12465325b9770c7deb5207040725053467292b180048939319',
});

function bunny(id: string, title: string, picture: Picture, answer: Answer): MapSample {
  const { width, height } = picture;
  return defineSample({
    ...answer,
    id,
    title,
    description:
      'The Stanford bunny in a lit room, path traced in tiles. Its mesh travels to the volunteers as shards, from tab to tab.',
    purpose: 'Renders a picture of a porcelain bunny, to show what a few tabs can do together.',
    picture: '/samples/bunny.png',
    view: { kind: 'mosaic', width, height },
    loadJob: async (fetchAsset) => ({
      inputs: tilesOf(picture),
      task: {
        kind: 'js',
        source: new TextDecoder().decode(await fetchAsset('bunny-task.js')),
        export: 'default',
      },
      options: { args: picture, files: { [MESH_PATH]: await fetchAsset('bunny.mesh') } },
    }),
  });
}
