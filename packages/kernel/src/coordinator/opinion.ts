import { credibility } from '../validation/credibility.ts';
import { sizesOf } from '../validation/tally.ts';
import { isAnchor } from './anchors.ts';
import type { Grid } from './grid.ts';
import type { Span, Vote } from './span.ts';
import { errorChanceOf, isTrusted } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

/** What the votes on a run of tasks amount to. */
export interface Opinion {
  /** Position of the vote that stands for the best group. */
  readonly best: number;
  /** The chance that the best group is right. */
  readonly confidence: number;
  /** Votes of the best group, and of the largest other one. */
  readonly size: number;
  readonly second: number;
  readonly hasAnchor: boolean;
  /** Somebody trusted is of this opinion. */
  readonly isTrusted: boolean;
}

/** `groups` gives for each vote of the span the position of the vote that stands for its group. */
export function opinionOf(grid: Grid, span: Span, groups: readonly number[]): Opinion {
  if (span.job.check) return mostCredible(grid, span, groups);
  const trusted = span.votes.findIndex((vote) => isTrusted(vote.identity, span.job));
  const isUnanimous = groups.every((group) => group === groups[0]);
  return isUnanimous
    ? unanimous(grid, span, { best: groups[0] ?? 0, isTrusted: trusted >= 0 })
    : divided(grid, span, groups, trusted);
}

/** Most opinions are: all there is to know is how likely all are wrong. */
function unanimous(
  grid: Grid,
  span: Span,
  { best, isTrusted: isSure }: { best: number; isTrusted: boolean },
): Opinion {
  const { votes, job } = span;
  let right = 1;
  let wrong = 1;
  let hasAnchor = false;
  for (const { identity } of votes) {
    const chance = errorChanceOf(grid, identity, job);
    right *= 1 - chance;
    wrong *= chance;
    hasAnchor ||= isAnchor(grid, identity, job);
  }
  const confidence = isSure ? 1 : right / (right + wrong);
  return { best, confidence, size: votes.length, second: 0, hasAnchor, isTrusted: isSure };
}

/** Where results are checked, one may be as right as another: each stands for itself. */
function mostCredible(grid: Grid, span: Span, groups: readonly number[]): Opinion {
  const opinions = [...new Set(groups)].map((group) => checkedOpinion(grid, span, groups, group));
  return opinions.reduce((best, one) => (one.confidence > best.confidence ? one : best));
}

/** What those who gave a result, checked it and objected to it make of it. */
export function checkedOpinion(
  grid: Grid,
  span: Pick<Span, 'job' | 'votes' | 'objections'>,
  groups: readonly number[],
  group: number,
): Opinion {
  const { job } = span;
  const voters = span.votes.filter((_, i) => groups[i] === group).map(({ identity }) => identity);
  const objectors = objectorsTo(span.objections, voters);
  let right = 1;
  let wrong = 1;
  for (const identity of voters) {
    const chance = errorChanceOf(grid, identity, job);
    right *= 1 - chance;
    wrong *= chance;
  }
  for (const identity of objectors) {
    const chance = errorChanceOf(grid, identity, job);
    right *= chance;
    wrong *= 1 - chance;
  }
  const isSure = voters.some((identity) => isTrusted(identity, job));
  const isRefuted = !isSure && objectors.some((identity) => isTrusted(identity, job));
  return {
    best: group,
    confidence: isSure ? 1 : isRefuted ? 0 : right / (right + wrong),
    size: voters.length,
    second: objectors.length,
    hasAnchor: voters.some((identity) => isAnchor(grid, identity, job)),
    isTrusted: isSure,
  };
}

/** Who spoke against a result of these, and is not one of them. */
function objectorsTo(objections: Span['objections'], voters: readonly Identity[]): Identity[] {
  const against = objections.filter(({ to, identity }) => {
    return voters.includes(to) && !voters.includes(identity) && !identity.isQuarantined;
  });
  return [...new Set(against.map(({ identity }) => identity))];
}

function divided(grid: Grid, span: Span, groups: readonly number[], trusted: number): Opinion {
  const ids = [...new Set(groups)];
  const chances = chancesOf(grid, span, groups, ids);
  const found =
    trusted < 0 ? chances.indexOf(Math.max(...chances)) : ids.indexOf(groups[trusted] as number);
  const best = ids[found] as number;
  const sizes = sizesOf(groups);
  return {
    best,
    confidence: trusted < 0 ? (chances[found] as number) : 1,
    size: sizes[best] as number,
    second: Math.max(0, ...ids.filter((id) => id !== best).map((id) => sizes[id] as number)),
    hasAnchor: span.votes.some(
      ({ identity }, i) => groups[i] === best && isAnchor(grid, identity, span.job),
    ),
    isTrusted: trusted >= 0,
  };
}

function chancesOf(
  grid: Grid,
  span: Span,
  groups: readonly number[],
  ids: readonly number[],
): number[] {
  const chanceOf = ({ identity }: Vote) => errorChanceOf(grid, identity, span.job);
  return credibility(ids.map((id) => span.votes.filter((_, i) => groups[i] === id).map(chanceOf)));
}
