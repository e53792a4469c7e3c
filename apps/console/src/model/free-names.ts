import type { GridError } from '@manytabs/protocol';

const NAMES_MAX = 20;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The outside names a refused function uses: from the error's details, or quoted in its message. */
export function freeNames(error: GridError): readonly string[] {
  if (error.code !== 'free-variable') return [];
  const told = namesIn(error.details);
  const found = told.length > 0 ? told : quotedNames(error.message);
  return [...new Set(found)].filter((name) => IDENTIFIER.test(name)).slice(0, NAMES_MAX);
}

function namesIn(details: unknown): readonly string[] {
  return Array.isArray(details) ? details.filter((item) => typeof item === 'string') : [];
}

function quotedNames(message: string): readonly string[] {
  return [...message.matchAll(/[`'"“‘]([^`'"”’\s]+)[`'"”’]/gu)].map((match) => match[1] ?? '');
}

/** Where whole-word uses of `names` stand in `source`; at most a thousand. */
export function namePositions(
  source: string,
  names: readonly string[],
): readonly { readonly from: number; readonly to: number }[] {
  const wanted = new Set(names);
  const found: { from: number; to: number }[] = [];
  for (const match of source.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) {
    const afterDot = source[match.index - 1] === '.' && source[match.index - 2] !== '.';
    if (!wanted.has(match[0]) || afterDot) continue;
    found.push({ from: match.index, to: match.index + match[0].length });
    if (found.length >= 1_000) break;
  }
  return found;
}

/** The line a syntax error names, from 1, if it does: messages end in `(line:column)`. */
export function errorLine(error: GridError): number | undefined {
  if (error.code !== 'syntax-error') return undefined;
  const line = Number(/\((\d{1,7}):\d+\)/.exec(error.message)?.[1]);
  return Number.isSafeInteger(line) && line > 0 ? line : undefined;
}
