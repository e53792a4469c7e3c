import type { VolunteerId } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import './volunteer-name.css';

/** A volunteer's id, short, beside a mark of its own; the whole id is in the title. */
export function VolunteerName({ volunteer }: { readonly volunteer: VolunteerId }): ReactNode {
  return (
    <span className="volunteer mono" title={volunteer}>
      <svg viewBox="0 0 5 5" width="12" height="12" aria-hidden="true">
        <path d={markPath(volunteer)} />
      </svg>
      {volunteer.slice(0, 8)}
    </span>
  );
}

/** A mirrored 5 × 5 pattern drawn from the id, so that two ids are told apart at a glance. */
export function markPath(id: string): string {
  let path = '';
  for (let i = 0; i < 15; i++) {
    const code = id.charCodeAt(1 + i);
    if (Number.isNaN(code) || code % 2 === 0) continue;
    const [x, y] = [i % 3, Math.floor(i / 3)];
    path += `M${x} ${y}h1v1h-1z`;
    if (x < 2) path += `M${4 - x} ${y}h1v1h-1z`;
  }
  return path;
}
