import type { DonationState } from 'manytabs/volunteer';
import { expect, test } from 'vitest';
import { CONTROLS_OF } from './controls.ts';
import { phaseOf, reasonOf } from './phase.ts';

const STATES = Object.keys(CONTROLS_OF) as DonationState[];

test('[UI43] every wait and every failure has a reason, and nothing else has', () => {
  for (const state of STATES) {
    const phase = phaseOf(state, undefined);
    const reason = reasonOf({ state, problem: undefined }, undefined);
    expect(reason !== '', state).toBe(phase === 'waiting' || phase === 'error');
  }
});

test('[UI43] a pause by a rule waits for its end; a pause by the person is one', () => {
  expect(phaseOf('paused', 'battery')).toBe('waiting');
  expect(reasonOf({ state: 'paused', problem: undefined }, 'battery')).toBe('battery');
  expect(phaseOf('paused', undefined)).toBe('paused');
});

test('[UI43] a rule changes what is told of a pause alone', () => {
  for (const state of STATES.filter((each) => each !== 'paused'))
    expect(phaseOf(state, 'quiet-hours')).toBe(phaseOf(state, undefined));
});
