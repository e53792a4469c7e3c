import { ALIGN } from './align/sample.ts';
import { BUNNY, BUNNY_PREVIEW } from './bunny/sample.ts';
import { EPIDEMIC } from './epidemic/sample.ts';
import { FRACTAL, FRACTAL_PREVIEW } from './fractal/sample.ts';
import { GOLOMB, GOLOMB_PREVIEW } from './golomb/sample.ts';
import type { MapSample, Sample } from './sample.ts';

export {
  type FilterName,
  PHOTO_PIXELS_MAX,
  PHOTOS_MAX,
  type PhotoInput,
  startPhotos,
} from './photos/start.ts';
export { encodePng, type Raster } from './png.ts';
export {
  type FetchAsset,
  isMapSample,
  type MapSample,
  type Sample,
  type SampleJob,
  type SampleRow,
  type StartOptions,
} from './sample.ts';

/** The jobs that a new user can run with one click. */
export const SAMPLES: readonly Sample[] = [BUNNY, FRACTAL, GOLOMB, ALIGN, EPIDEMIC];

/** The same jobs as small pictures, for tests: each takes a second. */
export const PREVIEWS: readonly MapSample[] = [BUNNY_PREVIEW, FRACTAL_PREVIEW, GOLOMB_PREVIEW];
