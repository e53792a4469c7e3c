import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

// Paths of the grid's file system: /in/a.csv. A path never says where its bytes are.

/** Control and line characters, and those that turn the direction of text or are not seen. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/u;
const PATTERN = /[*?{}[\]]/;
const ALTERNATIVES_MAX = 16;

const encoder = new TextEncoder();

/**
 * The path as it is kept: `/` and its names, without an end slash.
 * @throws {GridError} `path-invalid`
 */
export function checkPath(path: string): string {
  return joinPath(namesOf(path));
}

/** @throws {GridError} `path-invalid` */
export function namesOf(path: string): string[] {
  return segmentsOf(path).map((name) => {
    if (PATTERN.test(name)) throw invalid(path, 'a name has no * ? { } [ ]');
    return checkName(name, path);
  });
}

/**
 * The names and name patterns of a glob.
 * @throws {GridError} `path-invalid`
 */
export function checkPattern(path: string): { names: string[]; isPattern: boolean } {
  const names = segmentsOf(path).map((name) => checkName(name, path));
  for (const name of names) if (name !== '**') nameMatcher(name);
  return { names, isPattern: names.some((name) => PATTERN.test(name)) };
}

export function joinPath(names: readonly string[]): string {
  return `/${names.join('/')}`;
}

function segmentsOf(path: string): string[] {
  if (path.length > LIMITS.PATH_CHARS_MAX) {
    throw invalid(path, `it has more than ${LIMITS.PATH_CHARS_MAX} characters`);
  }
  if (!path.startsWith('/')) throw invalid(path, 'it begins with /');
  const names = path.split('/').slice(1);
  if (names.at(-1) === '') names.pop();
  if (names.length > LIMITS.FOLDER_DEPTH_MAX) {
    throw invalid(path, `it is deeper than ${LIMITS.FOLDER_DEPTH_MAX} folders`);
  }
  return names;
}

function checkName(name: string, path: string): string {
  if (name === '') throw invalid(path, 'it has an empty name');
  if (name === '.' || name === '..') throw invalid(path, `it has the name ${name}`);
  if (HIDDEN.test(name)) throw invalid(path, 'it has characters that are not seen');
  if (name.trim() !== name) throw invalid(path, 'a name begins or ends with a blank');
  if (name.includes('\\')) throw invalid(path, 'a name has no \\');
  if (name.normalize('NFC') !== name) throw invalid(path, 'it is not in Unicode form NFC');
  if (encodeName(name).length > KEY_NAME_MAX || bytesOf(name) > LIMITS.FILE_NAME_BYTES_MAX) {
    throw invalid(path, `a name has more than ${LIMITS.FILE_NAME_BYTES_MAX} bytes`);
  }
  return name;
}

/** What fits a key of the key-value store behind the id of its folder. */
const KEY_NAME_MAX = 460;

function bytesOf(name: string): number {
  return encoder.encode(name).length;
}

/** A name in printable ASCII without `/`, in an order of its own. */
export function encodeName(name: string): string {
  let text = '';
  for (const byte of encoder.encode(name)) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x2f && byte !== 0x7e;
    text += isPlain ? String.fromCharCode(byte) : `~${byte.toString(36).padStart(2, '0')}`;
  }
  return text;
}

export function decodeName(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '~') bytes.push(text.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 36));
      i += 2;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/**
 * Whether a name fits one segment of a pattern: `*`, `?`, `[a-z]` and `{a,b}`. Each `*` is tried where it stands and no
 * longer than the name, so that no pattern of a stranger takes long.
 * @throws {GridError} `path-invalid`
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const alternatives = expand(pattern);
  return (name) => alternatives.some((each) => fits(each, [...name]));
}

/** `{a,b}c` is `ac` and `bc`. */
function expand(pattern: string): string[][] {
  const open = pattern.indexOf('{');
  const close = pattern.indexOf('}', open);
  if (open < 0) return [[...pattern]];
  if (close < 0) throw invalid(pattern, 'a { is not closed');
  const parts = pattern.slice(open + 1, close).split(',');
  const all = parts.flatMap((part) =>
    expand(pattern.slice(0, open) + part + pattern.slice(close + 1)),
  );
  if (all.length > ALTERNATIVES_MAX) throw invalid(pattern, 'it has too many alternatives');
  return all;
}

/** The usual two-pointer match: a mismatch goes back to the last `*` only. */
function fits(pattern: readonly string[], name: readonly string[]): boolean {
  let p = 0;
  let star = -1;
  let retry = 0;
  for (let n = 0; n < name.length; ) {
    const step = pattern[p] === '*' ? 0 : stepAt(pattern, p, name[n] ?? '');
    if (pattern[p] === '*') {
      star = p++;
      retry = n;
    } else if (step > 0) {
      p += step;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** How many characters of the pattern fit this one of the name; 0 if none do. */
function stepAt(pattern: readonly string[], p: number, character: string): number {
  const wanted = pattern[p];
  if (wanted === undefined) return 0;
  if (wanted === '?') return 1;
  const close = wanted === '[' ? pattern.indexOf(']', p + 2) : -1;
  if (close < 0) return wanted === character ? 1 : 0;
  return isIn(pattern.slice(p + 1, close), character) ? close - p + 1 : 0;
}

function isIn(set: readonly string[], character: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const first = set[i] ?? '';
    const last = set[i + 1] === '-' && set[i + 2] !== undefined ? (set[i + 2] ?? '') : first;
    if (character >= first && character <= last) return true;
    if (last !== first) i += 2;
  }
  return false;
}

function invalid(path: string, why: string): GridError {
  const shown = JSON.stringify(path.length > 60 ? `${path.slice(0, 60)}…` : path);
  return new GridError('path-invalid', `${shown} is no path: ${why}.`);
}
