import type { DonationView } from 'manytabs/volunteer';
import type { Wording } from './wording.ts';
import { en, type PageKey } from './words/page/en.ts';
import { say } from './words/page-speaker.ts';

type Problem = NonNullable<DonationView['problem']>;

const UNKNOWN: Problem = { code: 'closed', message: 'No reason was given.' };

/** What happened and what helps, in a volunteer's words; the code follows either way, for a report. */
export function problemText({ code, message }: Problem = UNKNOWN): Wording {
  const key = `problem.${code}`;
  const known = Object.hasOwn(en, key) ? (key as PageKey) : 'problem.unknown';
  const params = { code, message };
  return { title: say(known, params), detail: say(`${known}-detail` as PageKey, params) };
}
