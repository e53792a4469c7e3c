import { GridError } from '@manytabs/protocol';

export const KEY_CHARS_MAX = 512;
export const VALUE_BYTES_MAX = 64 * 1024;
export const LIST_MAX = 1000;

/** Printable ASCII sorts the same as bytes, as UTF-16 and in every database. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** @throws {GridError} `input-invalid` */
export function checkKey(key: string): void {
  if (key.length === 0) throw new GridError('input-invalid', 'A key has at least one character.');
  checkPrefix(key);
}

/** @throws {GridError} `input-invalid` */
export function checkPrefix(prefix: string): void {
  if (prefix.length > KEY_CHARS_MAX || !PRINTABLE.test(prefix)) {
    const shown = JSON.stringify(prefix.slice(0, 40));
    const rule = `keys are at most ${KEY_CHARS_MAX} printable ASCII characters`;
    throw new GridError('input-invalid', `${shown} is no key: ${rule}.`);
  }
}

/** @throws {GridError} `input-invalid` */
export function checkWrite(key: string, value: Uint8Array, expected: number): void {
  checkKey(key);
  checkVersion(expected);
  if (value.length > VALUE_BYTES_MAX) {
    const sizes = `${value.length} bytes, ${value.length - VALUE_BYTES_MAX} too many`;
    throw new GridError('input-invalid', `The value of ${key} has ${sizes}.`);
  }
}

/** @throws {GridError} `input-invalid` */
export function checkVersion(expected: number): void {
  if (!Number.isSafeInteger(expected) || expected < 0) {
    throw new GridError('input-invalid', `${expected} is no version.`);
  }
}

export interface ListOptions {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/**
 * Keys of a page: above `above`, or from `from` on, and below `below`.
 * @throws {GridError} `input-invalid`
 */
export function pageOf(prefix: string, { after = '', limit = LIST_MAX }: ListOptions) {
  checkPrefix(prefix);
  checkPrefix(after);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
    throw new GridError('input-invalid', `A page has 1 to ${LIST_MAX} entries, not ${limit}.`);
  }
  // No character of a key is above `~`, so nothing that starts with the prefix is above this.
  return { from: prefix, above: after, below: `${prefix}\x7f`, limit };
}

export function versionConflict(key: string, expected: number): GridError {
  return new GridError('version-conflict', `${key} does not have version ${expected} any more.`);
}
