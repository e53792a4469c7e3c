import type { ErrorCode } from '@manytabs/protocol';
import type { DonationView } from 'manytabs/volunteer';
import type { Wording } from './wording.ts';

type Problem = NonNullable<DonationView['problem']>;

/** The failures a volunteer meets, in a volunteer's words: what happened, and what helps. */
const PROBLEMS: Readonly<Partial<Record<ErrorCode, Wording>>> = {
  'sandbox-refused': {
    title: 'This browser cannot seal tasks off',
    detail:
      'A safety test failed, so nothing was run. Use a current Chrome, Edge, Firefox or Safari, and switch off extensions that change pages.',
  },
  unreachable: {
    title: 'The grid does not answer',
    detail: 'It may be down, or this device offline. Check the address and press Try again.',
  },
  'connection-lost': {
    title: 'The connection broke',
    detail: 'Check this device’s network and press Try again.',
  },
  timeout: {
    title: 'The grid took too long to answer',
    detail: 'The network may be slow. Press Try again.',
  },
  closed: {
    title: 'The grid closed the connection',
    detail: 'It may be restarting. Press Try again in a moment.',
  },
  'too-many-peers': {
    title: 'The grid is full',
    detail: 'It has as many volunteers as it can serve. Thank you; press Try again later.',
  },
  'rate-limited': {
    title: 'Too many attempts',
    detail: 'The grid asks this device to slow down. Wait a minute, then press Try again.',
  },
  'version-mismatch': {
    title: 'The grid was updated',
    detail: 'This page is of another version. Reload it to get the current one.',
  },
  'identity-in-use': {
    title: 'Another tab of this browser has this place',
    detail: 'Close the other tab, or go on there; then press Try again.',
  },
  'identity-refused': {
    title: 'The grid did not accept this browser’s identity',
    detail: 'Clear this site’s data in the browser’s settings to get a new one, then reload.',
  },
  'token-missing': {
    title: 'This grid takes invited volunteers only',
    detail: 'Open the invitation link you were given: it carries a token after the # sign.',
  },
  'token-expired': {
    title: 'This invitation has run out',
    detail: 'Ask whoever runs the grid for a new one.',
  },
  'token-revoked': {
    title: 'This invitation was taken back',
    detail: 'Ask whoever runs the grid why, and for a new one.',
  },
  'origin-refused': {
    title: 'This site may not ask for donations',
    detail: 'Its key is for another site. Nothing was run. Ask whoever runs the site.',
  },
  'grid-key-changed': {
    title: 'This is not the grid you knew',
    detail:
      'It shows another key than before. If whoever runs it has set it up anew, press Try again to accept that; if not, leave.',
  },
  'manifest-refused': {
    title: 'A job was changed on its way here',
    detail: 'It does not bear the grid’s signature, so it was not run. Ask whoever runs the grid.',
  },
  'token-refused': {
    title: 'The invitation is not valid',
    detail: 'It may have expired. Ask the owner of the grid for a new link.',
  },
  'storage-full': {
    title: 'This browser’s storage is full',
    detail: 'Free some space on this device, then press Try again.',
  },
  'storage-failed': {
    title: 'This browser does not let the page store data',
    detail: 'Leave private browsing, or allow site data for this address, then press Try again.',
  },
};

const UNKNOWN: Problem = { code: 'closed', message: 'No reason was given.' };

/** The known text of a code, or the failure's own message; the code follows either way, for a report. */
export function problemText(problem: Problem = UNKNOWN): Wording {
  const known = PROBLEMS[problem.code];
  if (known !== undefined) return { ...known, detail: `${known.detail} (${problem.code})` };
  return {
    title: 'It cannot go on',
    detail: `${problem.message} Press Try again, or reload the page. (${problem.code})`,
  };
}
