import type { AccountView } from '@manytabs/protocol';
import { pageLanguage, say } from '../words/page-speaker.ts';

type Quarantine = NonNullable<AccountView['quarantine']>;

/** Since when, why, at which jobs, and until when: spans become times by this device's clock. */
export function quarantineText(
  quarantine: Quarantine,
  jobName: (jobId: string) => string | undefined,
): string {
  const { agoMs, endsInMs, right, wrong, seen } = quarantine;
  const now = Date.now();
  const why = say('account.quarantine-why', {
    since: timeOf(now - agoMs),
    until: timeOf(now + endsInMs),
    wrong,
    all: right + wrong,
  });
  const names = seen.map(({ jobId, index }) => `${jobName(jobId) ?? jobId} #${index}`);
  const list = new Intl.ListFormat(pageLanguage()).format(names);
  return list === '' ? why : `${why} ${say('account.quarantine-seen', { list })}`;
}

function timeOf(at: number): string {
  const options = { weekday: 'long', hour: 'numeric', minute: '2-digit' } as const;
  return new Date(at).toLocaleString(pageLanguage(), options);
}
