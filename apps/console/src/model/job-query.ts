import { hasEnded, type JobState, type JobView } from '@manytabs/protocol';

/** One condition of a query: a job passes when any of the words fits, or, negated, none. */
interface Term {
  readonly key: 'text' | 'name' | 'id' | 'state' | 'owner' | 'kind';
  readonly words: readonly string[];
  readonly negated: boolean;
}

export interface JobQuery {
  readonly terms: readonly Term[];
  /** Words that ask for nothing known, as typed. */
  readonly unknown: readonly string[];
}

const KEYS: ReadonlySet<string> = new Set(['name', 'id', 'state', 'owner', 'kind']);
const STATES: ReadonlySet<string> = new Set<JobState | 'open' | 'ended'>([
  'open',
  'ended',
  'running',
  'paused',
  'done',
  'partial',
  'failed',
  'cancelled',
]);
const QUERY_CHARS_MAX = 500;
const TERM = /(-?)(?:([a-z]+):(?!\/\/))?(?:"([^"]*)"?|(\S*))/gi;

/**
 * Reads `state:running,paused owner:ada name:render -kind:python "some words"`: every term must fit, a comma means or,
 * a minus means not, and what has no key is looked for in the name and the id.
 */
export function parseJobQuery(text: string): JobQuery {
  const terms: Term[] = [];
  const unknown: string[] = [];
  for (const match of text.slice(0, QUERY_CHARS_MAX).matchAll(TERM)) {
    if (match[0] === '') continue;
    const term = termOf(match);
    if (term === undefined) unknown.push(match[0]);
    else if (term.words.length > 0) terms.push(term);
  }
  return { terms, unknown };
}

function termOf([, minus, typed, quoted, bare]: RegExpMatchArray): Term | undefined {
  const key = (typed ?? 'text').toLowerCase();
  if (key !== 'text' && !KEYS.has(key)) return undefined;
  const words = quoted === undefined ? (bare ?? '').split(',') : [quoted];
  const term = {
    key: key as Term['key'],
    words: words.map((word) => word.toLowerCase()).filter((word) => word !== ''),
    negated: minus === '-',
  };
  return key === 'state' && !term.words.every((word) => STATES.has(word)) ? undefined : term;
}

/** Newest first. */
export function findJobs(jobs: readonly JobView[], query: JobQuery): readonly JobView[] {
  return jobs
    .filter((job) => query.terms.every((term) => fits(job, term)))
    .sort((a, b) => b.submittedAt - a.submittedAt);
}

function fits(job: JobView, { key, words, negated }: Term): boolean {
  return words.some((word) => fitsWord(job, key, word)) !== negated;
}

function fitsWord(job: JobView, key: Term['key'], word: string): boolean {
  switch (key) {
    case 'state':
      return fitsState(job.state, word);
    case 'owner':
      return job.owner.toLowerCase() === word;
    case 'kind':
      return job.kind === word;
    case 'id':
      return job.jobId.startsWith(word);
    case 'name':
      return job.name.toLowerCase().includes(word);
    case 'text':
      return job.name.toLowerCase().includes(word) || job.jobId.includes(word);
  }
}

function fitsState(state: JobState, word: string): boolean {
  if (word === 'open') return !hasEnded(state);
  return word === 'ended' ? hasEnded(state) : state === word;
}

/** The state a query asks for, where it asks for just one. */
export function stateOf(text: string): string {
  const found = parseJobQuery(text).terms.filter(({ key, negated }) => key === 'state' && !negated);
  return found.length === 1 && found[0]?.words.length === 1 ? (found[0].words[0] ?? '') : '';
}

/** The query with its state replaced; an empty state asks for all. */
export function withState(text: string, state: string): string {
  const rest = text.replaceAll(/(^|\s+)state:\S*/gi, '').trim();
  return state === '' ? rest : `state:${state} ${rest}`.trim();
}
