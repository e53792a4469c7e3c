import type { JobView } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { writeReport } from 'manytabs/report';
import type { Mosaic } from '../../live/mosaic.ts';
import { saveBlob } from '../../model/save-blob.ts';
import { fileNameOf } from './download.ts';

/** A page that says all of the job, saved by the browser. */
export async function saveReport(
  grid: GridApi,
  view: JobView,
  mosaic: Mosaic | undefined,
): Promise<void> {
  const picture = mosaic && mosaic.drawn > 0 ? await dataUrlOf(mosaic) : undefined;
  const text = await writeReport(grid, view.jobId, { now: Date.now(), picture });
  saveBlob(new Blob([text], { type: 'text/html;charset=utf-8' }), fileNameOf(view.name, 'html'));
}

async function dataUrlOf(mosaic: Mosaic): Promise<string | undefined> {
  const blob = await mosaic.toPng();
  if (!blob) return undefined;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
