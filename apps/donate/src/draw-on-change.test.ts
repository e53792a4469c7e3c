import type { DonationState, DonationView } from 'manytabs/volunteer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { drawOnChange } from './draw-on-change.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What was drawn of a session that goes from state to state. */
function watched() {
  const drawn: DonationState[] = [];
  let tell = () => {};
  const session = {
    view: { state: 'idle' } as DonationView,
    subscribe: (listener: () => void) => {
      tell = listener;
      return () => {};
    },
  };
  drawOnChange(session, () => drawn.push(session.view.state));
  const become = (state: DonationState) => {
    session.view = { ...session.view, state };
    tell();
  };
  return { drawn, become };
}

test('a tab whose tasks are short is drawn twice a second, and as it is in the end', () => {
  const { drawn, become } = watched();
  for (let task = 0; task < 100; task++) {
    become('computing');
    vi.advanceTimersByTime(9);
    become('waiting');
    vi.advanceTimersByTime(1);
  }
  expect(drawn.length).toBeLessThanOrEqual(3);
  vi.advanceTimersByTime(500);
  expect(drawn.at(-1)).toBe('waiting');
});

test('what a person asked for is drawn at once', () => {
  const { drawn, become } = watched();
  for (const state of [
    'connecting',
    'waiting',
    'computing',
    'paused',
    'computing',
    'idle',
  ] as const)
    become(state);
  expect(drawn).toEqual(['connecting', 'waiting', 'paused', 'computing', 'idle']);
});
