import type { DonationState } from 'manytabs/volunteer';
import { say } from './words/page-speaker.ts';

export const CONTROLS = ['start', 'pause', 'resume', 'finish', 'stop'] as const;
export type Control = (typeof CONTROLS)[number];

/** One of start, pause and resume is shown, in the same place; finish and stop are always shown. */
export type Look = 'ready' | 'off' | 'hidden';

type Row = Readonly<Record<Control, Look>>;

const row = (start: Look, pause: Look, resume: Look, finish: Look, stop: Look): Row => ({
  start,
  pause,
  resume,
  finish,
  stop,
});

/** What each button is in each state. Stop is ready wherever anything might run or be connected. */
export const CONTROLS_OF: Readonly<Record<DonationState, Row>> = {
  idle: row('ready', 'hidden', 'hidden', 'off', 'off'),
  connecting: row('hidden', 'off', 'hidden', 'off', 'ready'),
  waiting: row('hidden', 'ready', 'hidden', 'ready', 'ready'),
  fetching: row('hidden', 'ready', 'hidden', 'ready', 'ready'),
  computing: row('hidden', 'ready', 'hidden', 'ready', 'ready'),
  paused: row('hidden', 'hidden', 'ready', 'ready', 'ready'),
  finishing: row('hidden', 'hidden', 'ready', 'off', 'ready'),
  reconnecting: row('hidden', 'ready', 'hidden', 'ready', 'ready'),
  failed: row('ready', 'hidden', 'hidden', 'off', 'ready'),
};

export function labelOf(control: Control, state: DonationState): string {
  if (control === 'start' && state === 'failed') return say('control.again');
  if (control === 'resume' && state === 'finishing') return say('control.keep');
  return say(`control.${control}`);
}

/** The button that keeps the keyboard's place when the one in use goes away. */
export function primaryOf(state: DonationState): Control {
  const looks = CONTROLS_OF[state];
  return CONTROLS.find((control) => looks[control] === 'ready') ?? 'stop';
}
