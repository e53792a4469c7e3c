import type { Timers } from '@manytabs/protocol';
import { nextTurn } from './next-turn.ts';

/** Those of the machine that this runs on. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  nextTurn,
};
