import type { DonationState } from 'manytabs/volunteer';
import { describe, expect, test } from 'vitest';
import { CONTROLS, CONTROLS_OF, labelOf, primaryOf } from './controls.ts';

const STATES = Object.keys(CONTROLS_OF) as DonationState[];

/** What can be done in each state, said once more and differently: the words of the buttons a person can press. */
const CAN: Readonly<Record<DonationState, readonly string[]>> = {
  idle: ['Start'],
  connecting: ['Stop at once'],
  waiting: ['Pause', 'Finish, then stop', 'Stop at once'],
  fetching: ['Pause', 'Finish, then stop', 'Stop at once'],
  computing: ['Pause', 'Finish, then stop', 'Stop at once'],
  paused: ['Resume', 'Finish, then stop', 'Stop at once'],
  finishing: ['Keep going', 'Stop at once'],
  reconnecting: ['Pause', 'Finish, then stop', 'Stop at once'],
  failed: ['Try again', 'Stop at once'],
};

describe('the buttons', () => {
  test.each(STATES)('[UI41] %s: exactly the right ones can be pressed', (state) => {
    const ready = CONTROLS.filter((control) => CONTROLS_OF[state][control] === 'ready');
    expect(ready.map((control) => labelOf(control, state))).toEqual(CAN[state]);
  });

  test.each(STATES)('[UI41] %s: finish and stop are in sight, beside one other button', (state) => {
    const shown = CONTROLS.filter((control) => CONTROLS_OF[state][control] !== 'hidden');
    expect(shown).toHaveLength(3);
    expect(shown.slice(1)).toEqual(['finish', 'stop']);
  });

  test.each(STATES)(
    '[UI42] %s: whatever may run or be connected can be stopped at once',
    (state) => {
      expect(CONTROLS_OF[state].stop).toBe(state === 'idle' ? 'off' : 'ready');
    },
  );

  test.each(STATES)('%s: the keyboard has a place to go', (state) => {
    expect(CONTROLS_OF[state][primaryOf(state)]).toBe('ready');
  });
});
