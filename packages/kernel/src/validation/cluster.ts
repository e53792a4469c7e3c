import { type Column, type Compare, decodeValue, sameBytes } from '@manytabs/protocol';
import { type Closeness, closenessOf } from './close.ts';
import { type Grouping, sameBytesGroups } from './tally.ts';

/** How the votes of a job fall into groups. */
export function groupingOf(compare: Compare | undefined): Grouping {
  if (!compare || compare.kind === 'bytes') return sameBytesGroups;
  const isClose = closenessOf(compare);
  return (votes, index) => clusters(votes, index, isClose);
}

/**
 * Being close is not transitive, so a group is everything close to one of its members, the medoid, whose value stands
 * for it: the vote that is close to most goes first, of equals the one with the smallest bytes, so that no order of
 * arrival matters.
 */
function clusters(votes: readonly Column[], index: number, isClose: Closeness): number[] {
  const bytes = votes.map((vote) => vote.value(index));
  const near = closeTo(bytes, isClose);
  const groups = new Array<number>(votes.length).fill(-1);
  for (let left = votes.length; left > 0; ) {
    const medoid = medoidOf(bytes, near, groups);
    for (let i = 0; i < votes.length; i++) {
      if (groups[i] !== -1 || !near[medoid]?.[i]) continue;
      groups[i] = medoid;
      left--;
    }
  }
  return groups;
}

function closeTo(bytes: readonly Uint8Array[], isClose: Closeness): boolean[][] {
  const values = bytes.map(decodedOf);
  const near = bytes.map(() => new Array<boolean>(bytes.length).fill(false));
  for (let i = 0; i < bytes.length; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [values[i], values[j]];
      const isEqual = sameBytes(bytes[i] as Uint8Array, bytes[j] as Uint8Array);
      const isNear = isEqual || (a !== undefined && b !== undefined && isClose(a.value, b.value));
      (near[i] as boolean[])[j] = isNear;
      (near[j] as boolean[])[i] = isNear;
    }
  }
  return near;
}

/** A value that passes the scanner may still not decode; such a one is close to its own bytes alone. */
function decodedOf(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: decodeValue(bytes) };
  } catch {
    return undefined;
  }
}

function medoidOf(bytes: readonly Uint8Array[], near: boolean[][], groups: number[]): number {
  let best = -1;
  let most = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (groups[i] !== -1) continue;
    const count = (near[i] as boolean[]).filter((isNear, j) => isNear && groups[j] === -1).length;
    const isFirst = count > most || (count === most && isBefore(bytes[i], bytes[best]));
    if (!isFirst) continue;
    best = i;
    most = count;
  }
  return best;
}

function isBefore(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b) return a !== undefined;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return a.length < b.length;
}
