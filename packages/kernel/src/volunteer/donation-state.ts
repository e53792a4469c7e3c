import type { DonorCommand } from './event.ts';

/** Where a donation stands. */
export type DonationPhase =
  /** Before the first `start`. */
  | 'idle'
  | 'running'
  /** Running tasks are held, leases kept, nothing new taken. */
  | 'paused'
  /** What runs is ended, the rest was given back. */
  | 'finishing'
  /** At rest after `finish` or `stop`; it may start again. */
  | 'stopped';

/** The whole life cycle; a command that is not listed does nothing. */
const AFTER_COMMAND: Record<DonationPhase, Partial<Record<DonorCommand, DonationPhase>>> = {
  idle: { start: 'running', finish: 'stopped', stop: 'stopped' },
  running: { pause: 'paused', finish: 'finishing', stop: 'stopped' },
  paused: { start: 'running', finish: 'finishing', stop: 'stopped' },
  finishing: { start: 'running', stop: 'stopped' },
  stopped: { start: 'running' },
};

export function phaseAfter(phase: DonationPhase, command: DonorCommand): DonationPhase | undefined {
  return AFTER_COMMAND[phase][command];
}
