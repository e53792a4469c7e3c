import { GridError, type JobView } from '@manytabs/protocol';
import type { GridApi, JobHandle } from 'manytabs';
import { jsModule } from 'manytabs/tasks';
import { type FetchAsset, fetchServed, type StartOptions, trustOf } from '../sample.ts';
import type { FilterName } from './filters.ts';
import { sheetOf } from './sheet.ts';
import type { Input } from './task.ts';

export type { FilterName } from './filters.ts';
export type { Input as PhotoInput } from './task.ts';

export const PHOTOS_MAX = 64;
/** Pixels of one: as an input it has four bytes for each. */
export const PHOTO_PIXELS_MAX = 900_000;

/**
 * Filters photos of one's own: a task for each. The job's picture shows them all; full size they are files of the job.
 * @throws {GridError} `input-empty`, `input-invalid`
 */
export async function startPhotos(
  grid: GridApi,
  photos: readonly Input[],
  {
    filter,
    fetchAsset = fetchServed,
    ...options
  }: StartOptions & {
    readonly filter: FilterName;
    readonly fetchAsset?: FetchAsset;
  },
): Promise<{ readonly job: JobHandle<unknown> & { readonly view: JobView | undefined } }> {
  if (photos.length === 0) throw new GridError('input-empty', 'There are no photos.');
  if (photos.length > PHOTOS_MAX)
    throw new GridError('input-invalid', `At most ${PHOTOS_MAX} photos go into one job.`);
  const source = new TextDecoder().decode(await fetchAsset('photos-task.js'));
  const trust = await trustOf(grid, options);
  const job = grid.map([...distinct(photos)], jsModule(source), {
    ...options,
    trust,
    name: photos.length === 1 ? 'One photo' : `${photos.length} photos`,
    purpose: 'Filters photos of somebody who tries this grid.',
    args: { filter },
    view: sheetOf(photos.length),
  });
  return { job };
}

/** No two files of the job have one name. */
function* distinct(photos: readonly Input[]): Generator<Input> {
  const seen = new Map<string, number>();
  for (const photo of photos) {
    const times = (seen.get(photo.name) ?? 0) + 1;
    seen.set(photo.name, times);
    yield times === 1 ? photo : { ...photo, name: `${photo.name}-${times}` };
  }
}
