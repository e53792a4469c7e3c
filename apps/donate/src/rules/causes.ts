import type { DonationJob } from 'manytabs/volunteer';
import type { Rules } from './rules.ts';

/** A cause is who submits, or why: `submitter:Ada`, `purpose:Folding`. */
export function causesOf(job: Pick<DonationJob, 'submitter' | 'purpose'>): {
  readonly submitter: string;
  readonly purpose: string;
} {
  return {
    submitter: `submitter:${job.submitter}`.slice(0, 300),
    purpose: `purpose:${job.purpose}`.slice(0, 300),
  };
}

export function isWelcome(
  job: Pick<DonationJob, 'submitter' | 'purpose'>,
  rules: Pick<Rules, 'blocked' | 'followed' | 'onlyFollowed'>,
): boolean {
  const { submitter, purpose } = causesOf(job);
  if (rules.blocked.includes(submitter) || rules.blocked.includes(purpose)) return false;
  if (!rules.onlyFollowed) return true;
  return rules.followed.includes(submitter) || rules.followed.includes(purpose);
}
