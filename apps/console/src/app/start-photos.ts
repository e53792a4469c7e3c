// Checks the source of the task.
import 'manytabs';
import { type FilterName, PHOTO_PIXELS_MAX, startPhotos } from '@manytabs/samples';
import type { GridApi } from 'manytabs';
import { decodePhoto } from '../model/photo.ts';

/** Decodes photos and submits a job that filters them; gives its id. @throws {GridError} as `startPhotos` */
export async function startPhotoJob(
  grid: GridApi,
  files: readonly File[],
  filter: FilterName,
): Promise<string> {
  const photos = await Promise.all(files.map((file) => decodePhoto(file, PHOTO_PIXELS_MAX)));
  const { job } = await startPhotos(grid, photos, { filter });
  await job.submitted;
  return job.id;
}
