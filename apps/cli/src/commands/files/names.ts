import { GridError, toGridError } from '@manytabs/protocol';
import type { FileEntry, GridApi } from 'manytabs';

export async function isFolder(grid: GridApi, path: string): Promise<boolean> {
  return (await entryAt(grid, path))?.kind === 'folder';
}

export async function entryAt(grid: GridApi, path: string): Promise<FileEntry | undefined> {
  try {
    return await grid.files.stat(path);
  } catch (thrown) {
    if (toGridError(thrown, 'internal').code === 'path-missing') return undefined;
    throw thrown;
  }
}

export function nameBelow(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, '')}/${name}`;
}

export function lastName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

export function isPattern(path: string): boolean {
  return /[*?{}[\]]/.test(path);
}

/** The paths themselves, and what patterns among them match. @throws {GridError} `path-missing` where one matches nothing */
export async function expand(grid: GridApi, paths: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const path of paths) {
    if (!isPattern(path)) all.push(path);
    else {
      const found: string[] = [];
      for await (const entry of grid.files.list(path)) found.push(entry.path);
      if (found.length === 0) throw new GridError('path-missing', `Nothing matches ${path}.`);
      all.push(...found);
    }
  }
  return all;
}
