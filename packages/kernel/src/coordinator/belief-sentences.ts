import { anchorsOf } from './anchors.ts';
import { neighboursOf } from './eligibility.ts';
import { explainEngines } from './engines.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import { isTrusted } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

/** What is missing until results of the job are believed. */
export function explainBelief(grid: Grid, job: Job): string[] {
  return [...explainEngines(grid, job), ...explainTier(grid, job)];
}

function explainTier(grid: Grid, job: Job): string[] {
  const { tier, rule } = job;
  if (isOneVote(grid, job)) return [ONE_VOTE];
  if (!tier || !rule || grid.takersTotal === 0) return [];
  const missing = rule.newcomersMin - grid.takersTotal;
  const hasTrusted = anchorsOf(grid, job).some(({ identity }) => isTrusted(identity, job));
  const sentences: string[] = [];
  const say = (isTrue: boolean, sentence: string) => void (isTrue && sentences.push(sentence));
  say(missing > 0 && !hasTrusted, lonelyText(tier, missing));
  say(
    job.isSampling && job.freshTasks > 0,
    'Its first tasks are being compared on several volunteers before the others are handed out.',
  );
  say(!hasTrusted && isContradicted(job), CONTRADICTED);
  const waiting = auditedTasks(job);
  say(waiting > 0, `${waiting} single results wait for audits by another volunteer.`);
  const reserved = tasksOf(job.reserved);
  say(reserved > 0, `${reserved} tasks wait for a volunteer that is known or trusted.`);
  return sentences;
}

function lonelyText(tier: string, missing: number): string {
  const volunteers = missing === 1 ? 'volunteer' : 'volunteers';
  return `It needs ${missing} more ${volunteers}: at ${tier}, nobody's word is taken alone before it is known. A trusted tab (manytabs volunteer --trusted) would do as well.`;
}

const CONTRADICTED =
  'Volunteers that nobody knows contradict each other: one more of them, or a trusted tab (manytabs volunteer --trusted), has to decide.';

const ONE_VOTE =
  'All volunteers are of one site or one network, which has one vote: it needs one from elsewhere, or a trusted tab (manytabs volunteer --trusted).';

function isOneVote(grid: Grid, job: Job): boolean {
  const isNear = neighboursOf(job);
  const takers = [...grid.volunteers.all()].filter(({ counted }) => counted > 0);
  const [first, ...others] = takers.map(({ identity }) => identity);
  if (!isNear || !first || others.length === 0) return false;
  const isOneOf = (other: Identity) => !isTrusted(other, job) && isNear(first, other);
  return isOneOf(first) && others.every(isOneOf);
}

function isContradicted(job: Job): boolean {
  for (const queue of [job.urgent, job.reserved]) {
    for (const span of queue) if (span.votes.length > 1 && !span.isAgreed) return true;
    for (const span of queue) if (span.votes.length > 2) return true;
  }
  return false;
}

function auditedTasks(job: Job): number {
  let tasks = 0;
  for (const { spans, audits } of job.escrows) tasks += tasksOf(spans) + tasksOf(audits);
  return tasks;
}

function tasksOf(spans: Iterable<Span>): number {
  let tasks = 0;
  for (const span of spans) tasks += span.count;
  return tasks;
}
