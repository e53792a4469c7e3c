import { type Column, type Compare, decodeValue } from '@manytabs/protocol';
import { type Closeness, closenessOf } from './close.ts';
import { type Grouping, sameBytesGroups } from './tally.ts';

/** What one look at the votes of a bundle may compare within a tolerance: some tenths of a second. */
const COMPARED_BYTES_MAX = 64 * 1024 * 1024;

/** How the votes of a job fall into groups, for one look at them. */
export function groupingOf(
  compare: Compare | undefined,
  bytesMax: number = COMPARED_BYTES_MAX,
): Grouping {
  if (!compare || compare.kind === 'bytes') return sameBytesGroups;
  const isClose = closenessOf(compare);
  let left = bytesMax;
  return (votes, index) => {
    // Only one of each value is compared.
    const same = sameBytesGroups(votes, index);
    const firsts = same.flatMap((group, i) => (group === i ? [i] : []));
    const distinct = firsts.map((i) => (votes[i] as Column).value(index));
    left -= (distinct.length - 1) * distinct.reduce((sum, bytes) => sum + bytes.length, 0);
    if (left < 0) return undefined;
    const weights = firsts.map((i) => same.filter((group) => group === i).length);
    const groups = clusters(distinct, weights, isClose);
    return same.map((group) => firsts[groups[firsts.indexOf(group)] as number] as number);
  };
}

/**
 * Being close is not transitive, so a group is everything close to one of its members, the medoid, whose value stands
 * for it: the vote that is close to most goes first, of equals the one with the smallest bytes, so that no order of
 * arrival matters.
 */
function clusters(
  bytes: readonly Uint8Array[],
  weights: readonly number[],
  isClose: Closeness,
): number[] {
  const near = closeTo(bytes, isClose);
  const groups = new Array<number>(bytes.length).fill(-1);
  for (let left = bytes.length; left > 0; ) {
    const medoid = medoidOf(bytes, weights, near, groups);
    for (let i = 0; i < bytes.length; i++) {
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
      const isNear = i === j || (a !== undefined && b !== undefined && isClose(a.value, b.value));
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

function medoidOf(
  bytes: readonly Uint8Array[],
  weights: readonly number[],
  near: readonly (readonly boolean[])[],
  groups: readonly number[],
): number {
  let best = -1;
  let most = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (groups[i] !== -1) continue;
    let count = 0;
    weights.forEach((weight, j) => {
      if (near[i]?.[j] && groups[j] === -1) count += weight;
    });
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
