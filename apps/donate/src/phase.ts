import type { DonationState, DonationView } from 'manytabs/volunteer';
import type { RestReason } from './rules/allowance.ts';

/** Where a volunteer stands, in words that stay: for programs, and the same on the page and in the widget. */
export type Phase =
  | 'idle'
  | 'starting'
  | 'computing'
  | 'waiting'
  | 'finishing'
  | 'paused'
  | 'error';

const PHASES: Readonly<Record<DonationState, Phase>> = {
  idle: 'idle',
  connecting: 'starting',
  fetching: 'starting',
  waiting: 'waiting',
  computing: 'computing',
  paused: 'paused',
  finishing: 'finishing',
  reconnecting: 'waiting',
  failed: 'error',
};

/** A pause by one of the person's own rules is waiting: it ends by itself. */
export function phaseOf(state: DonationState, rest: RestReason | undefined): Phase {
  return state === 'paused' && rest !== undefined ? 'waiting' : PHASES[state];
}

/** Why it waits or failed; empty where the phase says it all. */
export function reasonOf(
  view: Pick<DonationView, 'state' | 'problem'>,
  rest: RestReason | undefined,
): string {
  switch (view.state) {
    case 'waiting':
      return 'no-work';
    case 'reconnecting':
      return 'offline';
    case 'failed':
      return view.problem?.code ?? 'closed';
    case 'paused':
      return rest ?? '';
    default:
      return '';
  }
}
