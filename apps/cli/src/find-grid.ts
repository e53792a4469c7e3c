import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GridError } from '@manytabs/protocol';

/** Where a grid is, and what lets us submit to it. */
export interface GridAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/** What `manytabs up` leaves in the folder it was started from, for as long as it is up. */
export interface GridFile extends GridAddress {
  readonly pid: number;
  readonly data: string;
}

export const GRID_FILE = join('.manytabs', 'grid.json');

export interface Named {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * `--url`, else MANYTABS_URL, else the grid started from this folder or one above it. A token that was given (`--token`,
 * MANYTABS_TOKEN, or in the address) is never replaced by another, even where it is wrong.
 * @throws {GridError} `unreachable` where no grid is named or found, `usage` for an address that is none.
 */
export function findGrid(
  named: Named,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): GridAddress {
  const near = nearestGrid(folder);
  const address = named.url ?? (env.MANYTABS_URL || undefined) ?? near?.url;
  if (address === undefined) {
    throw new GridError(
      'unreachable',
      'No grid was started from this folder. Start one with `manytabs up`, or name one with --url.',
    );
  }
  const url = parseAddress(address);
  const inAddress = new URLSearchParams(url.hash.slice(1)).get('token') ?? undefined;
  const given = named.token ?? env.MANYTABS_TOKEN ?? inAddress;
  const isNear = near !== undefined && new URL(near.url).origin === url.origin;
  return { url: `${url.origin}/`, token: given ?? (isNear ? near.token : undefined) };
}

function parseAddress(address: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new GridError(
    'usage',
    `${address} is no address of a grid, such as http://127.0.0.1:4600.`,
  );
}

function nearestGrid(folder: string): GridFile | undefined {
  const found = readGridFile(folder);
  const parent = dirname(folder);
  return found || parent === folder ? found : nearestGrid(parent);
}

/** Undefined where there is none, or one that cannot be read: it is another grid's or half written. */
export function readGridFile(folder: string): GridFile | undefined {
  try {
    const file: unknown = JSON.parse(readFileSync(join(folder, GRID_FILE), 'utf8'));
    return isGridFile(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isGridFile(value: unknown): value is GridFile {
  const file = value as Partial<GridFile> | null;
  return (
    typeof file?.url === 'string' &&
    URL.canParse(file.url) &&
    typeof file.token === 'string' &&
    Number.isSafeInteger(file.pid) &&
    typeof file.data === 'string'
  );
}
