import { GridError, type Quota, type Scope } from '@manytabs/protocol';
import type { TokenOptions } from 'manytabs';

/** The form of a new token, as typed. */
export interface TokenDraft {
  readonly scope: Scope;
  readonly name: string;
  readonly days: string;
  /** One site a line. */
  readonly origins: string;
  readonly trusted: boolean;
  readonly jobs: string;
  readonly tasks: string;
  readonly bytes: string;
}

export const EMPTY_TOKEN: TokenDraft = {
  scope: 'submit',
  name: '',
  days: '30',
  origins: '',
  trusted: true,
  jobs: '',
  tasks: '',
  bytes: '',
};

const DAY_MS = 86_400_000;
const DAYS_MAX = 3_650;

/** @throws {GridError} `usage`: which field cannot be sent, and why */
export function tokenOptionsOf(draft: TokenDraft, now: number): TokenOptions {
  const { scope, trusted } = draft;
  const origins = draft.origins.split(/\s+/).filter((line) => line !== '');
  if (scope === 'embed' && origins.length === 0) {
    throw new GridError(
      'usage',
      'A site key names at least one site, such as https://example.org.',
    );
  }
  return {
    scope,
    name: draft.name.trim(),
    origins,
    expires: expiryOf(draft, now),
    trusted,
    quota: quotaOf(draft),
  };
}

function expiryOf({ days }: TokenDraft, now: number): Date | undefined {
  const count = wholeOf('Days', days);
  if (count === undefined) return undefined;
  if (count < 1 || count > DAYS_MAX) {
    throw new GridError('usage', `Days: from 1 to ${DAYS_MAX}, or none for ever.`);
  }
  return new Date(now + count * DAY_MS);
}

function quotaOf({ jobs, tasks, bytes }: TokenDraft): Quota {
  return {
    jobs: wholeOf('Jobs at a time', jobs),
    tasks: wholeOf('Tasks of a job', tasks),
    bytes: wholeOf('Bytes a day', bytes),
  };
}

function wholeOf(title: string, text: string): number | undefined {
  const digits = text.replaceAll(/[\s_,]/g, '');
  if (digits === '') return undefined;
  const count = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(count)) {
    throw new GridError('usage', `${title}: a whole number, or nothing for no bound.`);
  }
  return count;
}
