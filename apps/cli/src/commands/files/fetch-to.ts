import { createHash } from 'node:crypto';
import { open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GetOptions, OpenFile } from 'manytabs';

/**
 * Writes a version of a file to the disk: beside its place first, under a name that says which version it is, so that
 * one that breaks off goes on where it was; whole, it takes its place at once.
 */
export async function fetchTo(file: OpenFile, to: string, options: GetOptions): Promise<void> {
  const part = partOf(file, to);
  const from = Math.min(file.bytes, await sizeOf(part));
  const handle = await open(part, from > 0 ? 'r+' : 'w');
  try {
    let at = from;
    for await (const chunk of file.stream({ ...options, from })) {
      await handle.write(chunk, 0, chunk.length, at);
      at += chunk.length;
    }
    await handle.truncate(file.bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, to);
}

function partOf(file: OpenFile, to: string): string {
  const version = createHash('sha256').update(`${file.path} ${file.version} ${file.bytes}`);
  return join(dirname(to), `.${basename(to)}.${version.digest('hex').slice(0, 12)}.part`);
}

/** Whole pieces only: the last bytes before a power cut may be holes. */
const PIECE_BYTES = 1024 * 1024;

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size - (size % PIECE_BYTES),
    () => 0,
  );
}
