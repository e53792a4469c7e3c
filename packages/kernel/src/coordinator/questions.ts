import { type Column, encodedArray } from '@manytabs/protocol';
import { judge } from './belief.ts';
import type { Grid } from './grid.ts';
import type { Lease } from './lease-table.ts';
import { addVote, reconsider } from './settle.ts';
import type { Span, Vote } from './span.ts';

// Results that somebody else is asked to check, where the job's module can tell a right one from a wrong one.

/** Whether this vote is right about the tasks `[from, to)`. */
export interface Question {
  readonly from: number;
  readonly to: number;
  readonly vote: Vote;
}

/** Results that are sent to be checked at once; one may be larger. */
const ASKED_BYTES_MAX = 1024 * 1024;

/** Of adjacent spans, either all to be checked or none. */
export function questionsOf(spans: readonly Span[]): Question[] | undefined {
  const questions = spans.flatMap(({ from, to, candidate: vote }) =>
    vote ? [{ from, to, vote }] : [],
  );
  return questions.length === 0 ? undefined : questions;
}

/** The results in question, as an encoded list. */
export function askedOf(questions: readonly Question[]): Uint8Array {
  const values: Uint8Array[] = [];
  for (const { from, to, vote } of questions) {
    for (let index = from; index < to; index++) values.push(vote.column.value(index));
  }
  return encodedArray(values);
}

/** How many tasks of the span are asked about at once. */
export function askableTasks({ from, to, candidate }: Span): number {
  if (!candidate) return Number.POSITIVE_INFINITY;
  let bytes = 0;
  let index = from;
  while (index < to) {
    bytes += candidate.column.value(index).length;
    if (bytes > ASKED_BYTES_MAX) break;
    index++;
  }
  return Math.max(1, index - from);
}

/** Whether one lease may cover both. */
export function isAskedAlike(one: Span, other: Span): boolean {
  return (one.candidate === undefined) === (other.candidate === undefined);
}

export function fitsOneQuestion(spans: readonly Span[]): boolean {
  const bytes = spans.reduce((sum, { from, to, candidate }) => {
    return sum + (candidate?.column.slice(from, to).bytes.length ?? 0);
  }, 0);
  return bytes <= ASKED_BYTES_MAX;
}

const TRUE = 0xc3;
const FALSE = 0xc2;

/** An answer is true or false, encoded. */
export function isAnswer(value: Uint8Array): boolean {
  return value.length === 1 && (value[0] === TRUE || value[0] === FALSE);
}

/** Takes in the answers to the tasks of a span that the lease asked about. */
export function takeAnswers(grid: Grid, span: Span, lease: Lease, answers: Column): void {
  const isRight = (index: number) => answers.value(index)[0] === TRUE;
  const isAlike = (index: number, other: number) =>
    isRight(index) === isRight(other) && voteAt(lease, index) === voteAt(lease, other);
  let part = span;
  while (true) {
    const { from, to } = part;
    let end = from + 1;
    while (end < to && isAlike(end, from)) end++;
    const rest = end < to ? part.split(end) : undefined;
    takeAnswer(grid, part, lease, isRight(from) ? 'right' : 'wrong');
    if (!rest) return;
    part = rest;
  }
}

function voteAt({ questions = [] }: Lease, index: number): Vote | undefined {
  return questions.find(({ from, to }) => index >= from && index < to)?.vote;
}

/** What the holder of the lease says of the one vote that it was asked about on the tasks of the span. */
export function takeAnswer(
  grid: Grid,
  span: Span,
  lease: Lease,
  answer: 'right' | 'wrong' | 'unable',
): void {
  const { identity } = lease.volunteer;
  const asked = voteAt(lease, span.from);
  const vote = span.votes.find((one) => one.identity === asked?.identity);
  // It was taken back meanwhile: nobody asks any more.
  if (!vote) return reconsider(grid, span);
  if (answer === 'right') {
    span.job.passed += span.count;
    return addVote(grid, span, { ...vote, identity, isCheck: true });
  }
  const objection = { identity, to: vote.identity, isUnable: answer === 'unable' };
  span.objections = [...span.objections, objection];
  judge(grid, span, false);
}
