import type { JobState, VolunteerState } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import './state-pill.css';

const LOOKS: Record<JobState | VolunteerState, readonly [glyph: string, label: string]> = {
  running: ['▶', 'running'],
  paused: ['❚❚', 'paused'],
  done: ['✓', 'done'],
  partial: ['◐', 'partly done'],
  failed: ['✕', 'failed'],
  cancelled: ['■', 'cancelled'],
  computing: ['●', 'computing'],
  idle: ['○', 'idle'],
  suspect: ['?', 'silent'],
  quarantined: ['✕', 'quarantined'],
};

/** A state by glyph, word and colour. */
export function StatePill({ state }: { readonly state: JobState | VolunteerState }): ReactNode {
  const [glyph, label] = LOOKS[state];
  return (
    <span className={`pill pill-${state}`}>
      <span aria-hidden="true" className="pill-glyph">
        {glyph}
      </span>
      {label}
    </span>
  );
}
