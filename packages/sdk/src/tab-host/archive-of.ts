import { type ArchiveSource, archiveChunks, archiveEntries } from '@manytabs/storage';

/** A backup of a grid, in memory; what is written meanwhile may be in it or not. */
export async function archiveOf(source: ArchiveSource): Promise<Blob> {
  const parts: BlobPart[] = [];
  for await (const chunk of archiveChunks(
    archiveEntries(source, { version: 'tab', at: Date.now() }),
  ))
    parts.push(chunk as Uint8Array<ArrayBuffer>);
  return new Blob(parts, { type: 'application/octet-stream' });
}
