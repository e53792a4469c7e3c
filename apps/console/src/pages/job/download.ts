import type { Job } from 'manytabs';
import { CsvWriter, type ExportFormat, ndjsonLine } from '../../model/export.ts';

const CHARS_PER_PART = 1 << 20;

const TYPES: Record<ExportFormat, string> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv;charset=utf-8',
};

/**
 * The first `count` results that became final, read anew from the grid, since the page keeps only some. Finished parts
 * go into blobs, which the browser may keep on disk.
 */
export async function resultsBlob(
  job: Job<unknown>,
  options: { format: ExportFormat; count: number; signal: AbortSignal; onRow: (n: number) => void },
): Promise<Blob> {
  const csv = options.format === 'csv' ? new CsvWriter() : undefined;
  const parts: Blob[] = [];
  let text = '';
  let taken = 0;
  if (options.count > 0) {
    for await (const result of job.results({ signal: options.signal })) {
      text += csv ? csv.write(result) : ndjsonLine(result);
      if (text.length >= CHARS_PER_PART) {
        parts.push(new Blob([text]));
        text = '';
      }
      taken++;
      if (taken % 500 === 0) options.onRow(taken);
      if (taken >= options.count) break;
    }
  }
  text += csv ? csv.end() : '';
  return new Blob([...parts, text], { type: TYPES[options.format] });
}

/** A name every file system takes. */
export function fileNameOf(jobName: string, extension: string): string {
  const stem = jobName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${stem || 'job'}.${extension}`;
}
