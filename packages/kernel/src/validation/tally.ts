import { assert, type Column } from '@manytabs/protocol';

/** What the votes say about the consecutive tasks `[from, to)`. */
export interface Verdict {
  readonly from: number;
  readonly to: number;
  /** Positions of the votes that agree on the canonical results; none while there is no consensus. */
  readonly winners: readonly number[];
  /** Positions of the votes that differ from them. */
  readonly losers: readonly number[];
  /** How many votes the largest group has. */
  readonly largest: number;
  /** Position of the vote whose values stand for the winners'. */
  readonly canonical: number;
}

/** Consecutive tasks on which the votes fall into the same groups. */
export interface Run {
  readonly from: number;
  readonly to: number;
  /** For each vote the position of the vote that stands for its group; a group's own stands for itself. */
  readonly groups: readonly number[];
}

/** For each vote on one task the position of the vote that stands for its group; nothing where that is too much work. */
export type Grouping = (votes: readonly Column[], index: number) => number[] | undefined;

/**
 * Compares the columns task by task. A task has a consensus when its largest group of equal values has `minQuorum`
 * votes and no other group is as large, so the order of arrival decides nothing. Tasks on which the votes fall into the
 * same groups share a verdict.
 */
export function tally(
  columns: readonly Column[],
  range: { readonly from: number; readonly to: number },
  minQuorum: number,
  grouping: Grouping = sameBytesGroups,
): Verdict[] | undefined {
  return partition(columns, range, grouping)?.map((run) => verdict(run, minQuorum));
}

/** Cuts the range into runs of like groups, unless that is too much work; columns that are equal as a whole take one comparison of bytes. */
export function partition(
  columns: readonly Column[],
  range: { readonly from: number; readonly to: number },
  grouping: Grouping = sameBytesGroups,
): Run[] | undefined {
  assert(columns.length > 0, 'a tally has votes');
  const votes = columns.map((column) => cut(column, range.from, range.to));
  if (areEqual(votes)) return [{ ...range, groups: new Array(votes.length).fill(0) }];
  const runs: Run[] = [];
  let { from } = range;
  let groups = grouping(votes, from);
  if (!groups) return undefined;
  for (let index = from + 1; index < range.to; index++) {
    const next = grouping(votes, index);
    if (!next) return undefined;
    if (isSame(groups, next)) continue;
    runs.push({ from, to: index, groups });
    from = index;
    groups = next;
  }
  runs.push({ from, to: range.to, groups });
  return runs;
}

function cut(column: Column, from: number, to: number): Column {
  return column.from === from && column.to === to ? column : column.slice(from, to);
}

function areEqual(votes: readonly Column[]): boolean {
  const first = votes[0] as Column;
  for (let i = 1; i < votes.length; i++) if (!first.equals(votes[i] as Column)) return false;
  return true;
}

/** For each vote the position of the first vote with the same value. */
export function sameBytesGroups(votes: readonly Column[], index: number): number[] {
  const groups: number[] = [];
  for (let i = 0; i < votes.length; i++) {
    let group = 0;
    while (group < i && !isIn(votes, groups, group, i, index)) group++;
    groups.push(group);
  }
  return groups;
}

function isIn(
  votes: readonly Column[],
  groups: readonly number[],
  group: number,
  vote: number,
  index: number,
): boolean {
  if (groups[group] !== group) return false;
  return (votes[group] as Column).sameValue(votes[vote] as Column, index);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function verdict({ from, to, groups }: Run, minQuorum: number): Verdict {
  const sizes = sizesOf(groups);
  const largest = Math.max(...sizes);
  const winner = sizes.indexOf(largest);
  const isDecided = largest >= minQuorum && sizes.lastIndexOf(largest) === winner;
  const winners: number[] = [];
  const losers: number[] = [];
  if (isDecided) groups.forEach((group, i) => void (group === winner ? winners : losers).push(i));
  return { from, to, winners, losers, largest, canonical: winner };
}

/** By position of the vote that stands for a group, how many votes are in it. */
export function sizesOf(groups: readonly number[]): number[] {
  const sizes = new Array<number>(groups.length).fill(0);
  for (const group of groups) sizes[group] = (sizes[group] as number) + 1;
  return sizes;
}
