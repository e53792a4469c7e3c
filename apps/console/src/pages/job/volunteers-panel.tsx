import type { JobView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { countText } from '../../model/duration.ts';
import './volunteers-panel.css';

const SHOWN_MAX = 12;

/** Who takes part, by how much they computed. */
export function VolunteersPanel({ view }: { readonly view: JobView }): ReactNode {
  const sorted = [...view.volunteers].sort((a, b) => b.tasks - a.tasks);
  const most = Math.max(1, sorted[0]?.tasks ?? 1);
  const rest = sorted.length - SHOWN_MAX;
  return (
    <section className="panel" aria-labelledby="volunteers-title">
      <h2 id="volunteers-title">
        Volunteers <span className="quiet">{countText(sorted.length)} taking part</span>
      </h2>
      {sorted.length === 0 ? <p className="quiet">Nobody has computed for this job yet.</p> : null}
      <ul className="sharers">
        {sorted.slice(0, SHOWN_MAX).map(({ volunteer, tasks }) => (
          <li key={volunteer}>
            <VolunteerName volunteer={volunteer} />
            <span className="sharer-bar" aria-hidden="true">
              <span style={{ width: `${(tasks / most) * 100}%` }} />
            </span>
            <span className="sharer-tasks">
              {countText(tasks)}
              <span className="visually-hidden"> tasks</span>
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="quiet">and {countText(rest)} more</p> : null}
    </section>
  );
}
