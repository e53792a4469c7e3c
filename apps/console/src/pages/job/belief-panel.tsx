import { type Belief, type GridError, type StandingView, toGridError } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { type ReactNode, useEffect, useState } from 'react';
import { Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { countText } from '../../model/duration.ts';
import { chanceText, confidenceText } from '../../model/trust-text.ts';
import { visible } from '../../model/value-text.ts';
import { ReplayPanel } from './replay-panel.tsx';
import './task-story.css';

interface BeliefPanelProps {
  readonly job: Job<unknown>;
  readonly index: number;
}

/** Why a result is believed: who said the same, how sure that is, and what is missing. */
export function BeliefPanel({ job, index }: BeliefPanelProps): ReactNode {
  const [belief, setBelief] = useState<Belief | 'none'>();
  const [error, setError] = useState<GridError>();
  useEffect(() => {
    job.belief(index).then(
      (value) => setBelief(value ?? 'none'),
      (thrown) => setError(toGridError(thrown, 'connection-lost')),
    );
  }, [job, index]);
  if (error) return <ErrorNotice error={error} />;
  if (!belief) return <Loading what="the votes" />;
  if (belief === 'none') return <p className="quiet">The job has no such task any more.</p>;
  return (
    <section className="stack belief" aria-labelledby="belief-title">
      <h3 id="belief-title">{titleOf(belief)}</h3>
      <p className="quiet">
        {confidenceText(belief.confidence)} · tier {belief.tier}
        {belief.isAudited ? ' · computed again as a check' : ''}
      </p>
      {belief.waitsFor ? <p>{visible(belief.waitsFor)}</p> : null}
      <Voters belief={belief} />
      <ReplayPanel job={job} index={index} />
      {belief.disagreements.map((row) => (
        <p key={row.at} className="row">
          <span aria-hidden="true">✕</span> outvoted:
          {row.losers.map((volunteer) => (
            <VolunteerName key={volunteer} volunteer={volunteer} />
          ))}
        </p>
      ))}
    </section>
  );
}

const TITLES: Record<Belief['state'], string> = {
  waiting: 'No result yet',
  provisional: 'Not believed yet',
  final: 'Why it is believed',
  failed: 'The task failed',
  ended: 'Its votes are no longer kept',
};

function titleOf({ state }: Belief): string {
  return TITLES[state];
}

function Voters({ belief }: { readonly belief: Belief }): ReactNode {
  if (belief.voters.length > 0) {
    return (
      <ul className="stack">
        {belief.voters.map((volunteer) => (
          <li key={volunteer} className="row">
            <span aria-hidden="true">✓</span>
            <VolunteerName volunteer={volunteer} /> said so
          </li>
        ))}
      </ul>
    );
  }
  return belief.groups.map((group, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the groups never move.
    <div key={n} className="stack">
      <p className="quiet">
        {belief.groups.length > 1 ? `Answer ${n + 1}: ` : ''}
        {confidenceText(group.confidence)}
      </p>
      <ul className="stack">
        {group.voters.map((voter) => (
          <Standing key={voter.volunteer} voter={voter} />
        ))}
        {(group.objectors ?? []).map((volunteer) => (
          <li key={volunteer} className="row">
            <span aria-hidden="true">✕</span>
            <VolunteerName volunteer={volunteer} /> calls it wrong
          </li>
        ))}
      </ul>
    </div>
  ));
}

function Standing({ voter }: { readonly voter: StandingView }): ReactNode {
  return (
    <li className="row">
      <span aria-hidden="true">✓</span>
      <VolunteerName volunteer={voter.volunteer} />
      <span className="quiet">
        {voter.trusted
          ? 'trusted by the grid'
          : `${countText(voter.checked)} results checked, wrong ${chanceText(voter.errorChance)}`}
      </span>
    </li>
  );
}
