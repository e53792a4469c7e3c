import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { GridError, LIMITS } from '@manytabs/protocol';

/**
 * What `--file LOCAL[=PATH]` gives every task of a job, by path; without PATH a file keeps its own name.
 * @throws {GridError} `file-missing`, `usage`
 */
export function readFiles(
  given: readonly string[],
  folder: string,
): Readonly<Record<string, Uint8Array>> {
  if (given.length > LIMITS.FILES_PER_JOB_MAX)
    throw new GridError(
      'usage',
      `A job has at most ${LIMITS.FILES_PER_JOB_MAX} files; put them on the grid, and give them with --inputs grid:/path/*.`,
    );
  const files = new Map<string, Uint8Array>();
  for (const text of given) {
    const { local, path } = parsed(text, folder);
    if (files.has(path)) throw new GridError('usage', `--file gives two files for ${path}.`);
    files.set(path, new Uint8Array(readFileSync(resolve(folder, local))));
  }
  return Object.fromEntries(files);
}

function parsed(text: string, folder: string): { local: string; path: string } {
  const at = text.lastIndexOf('=');
  // A name may have an equals sign of its own.
  const isNamed = at > 0 && at < text.length - 1 && !isFile(resolve(folder, text));
  const local = isNamed ? text.slice(0, at) : text;
  if (!existsSync(resolve(folder, local)))
    throw new GridError('file-missing', `There is no file ${local}.`);
  if (!isFile(resolve(folder, local)))
    throw new GridError(
      'usage',
      `${local} is a folder; --file takes one file, and may be repeated.`,
    );
  return { local, path: isNamed ? text.slice(at + 1) : basename(local) };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
