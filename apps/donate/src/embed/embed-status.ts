import type { DonationView } from 'manytabs/volunteer';
import type { RestReason } from './rest-reason.ts';

export type EmbedState =
  | 'asking'
  | 'declined'
  | 'starting'
  | 'computing'
  | 'waiting'
  | 'paused'
  | 'stopped'
  | 'error';

export interface EmbedStatus {
  readonly state: EmbedState;
  /** A code: why it waits, or what failed. */
  readonly reason: string;
  readonly tasksDone: number;
}

export interface EmbedSituation {
  readonly isAllowed: boolean;
  /** What the visitor last said where it is not allowed. */
  readonly answer: 'none' | 'later' | 'stopped';
  readonly isPaused: boolean;
  readonly rest: RestReason | undefined;
  readonly view: DonationView | undefined;
  /** Why nothing can run at all. */
  readonly problem: string | undefined;
}

/** What the widget shows and tells, in the order in which one thing makes the next meaningless. */
export function embedStatus(situation: EmbedSituation): EmbedStatus {
  const { state, reason = '' } = stateOf(situation);
  return { state, reason, tasksDone: situation.view?.tasksDone ?? 0 };
}

function stateOf(situation: EmbedSituation): { state: EmbedState; reason?: string } {
  const { isAllowed, answer, isPaused, rest, view, problem } = situation;
  if (problem !== undefined) return { state: 'error', reason: problem };
  if (!isAllowed) return { state: ANSWERED[answer] };
  if (view?.state === 'failed') return { state: 'error', reason: view.problem?.code ?? 'closed' };
  if (isPaused) return { state: 'paused' };
  if (rest !== undefined) return { state: 'waiting', reason: rest };
  return atWork(view);
}

const ANSWERED = { none: 'asking', later: 'declined', stopped: 'stopped' } as const;

function atWork(view: DonationView | undefined): { state: EmbedState; reason?: string } {
  switch (view?.state) {
    case 'computing':
    case 'finishing':
      return { state: 'computing' };
    case 'waiting':
      return { state: 'waiting', reason: 'no-work' };
    case 'reconnecting':
      return { state: 'waiting', reason: 'offline' };
    default:
      return { state: 'starting', reason: view?.problem?.code ?? '' };
  }
}
