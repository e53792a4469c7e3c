import type { ReactNode } from 'react';
import { useSession } from '../../app/session-context.ts';
import { DonationPanel } from '../../components/donation-panel.tsx';
import { Loading } from '../../components/empty.tsx';
import { Invitation } from '../../components/invitation.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useKnown } from '../../live/use-known.ts';
import { JobList } from './job-list.tsx';
import { SampleCards } from './sample-cards.tsx';
import './home-page.css';

/** What the grid computes, and what to do when it computes nothing. */
export function HomePage({ query }: { readonly query?: string | undefined }): ReactNode {
  const { jobs, status } = useSession();
  const known = useKnown(jobs);
  const grid = useKnown(status).value;
  const empty = known.value?.length === 0;
  return (
    <div className="page">
      {empty ? <FirstSteps /> : null}
      {grid?.volunteers === 0 ? <Nobody /> : null}
      {known.value ? null : <h1>Jobs</h1>}
      {known.error && !known.value ? <ErrorNotice error={known.error} /> : null}
      {!known.value && !known.error ? <Loading what="the jobs" /> : null}
      {known.value && !empty ? <JobList jobs={known.value} at={known.at} query={query} /> : null}
      {known.value && !empty ? (
        <section className="stack" aria-labelledby="samples-title">
          <h2 id="samples-title">Samples</h2>
          <SampleCards compact />
        </section>
      ) : null}
    </div>
  );
}

function FirstSteps(): ReactNode {
  return (
    <section className="stack" aria-labelledby="first-title">
      <div className="page-head">
        <h1 id="first-title">Start with a picture</h1>
        <a href="#/new" className="button">
          New job
        </a>
      </div>
      <p className="quiet">
        Each sample is a real job: it is cut into tasks, computed in volunteers’ tabs, voted on, and
        drawn as results become final.
      </p>
      <SampleCards />
    </section>
  );
}

function Nobody(): ReactNode {
  return (
    <section className="card nobody stack" aria-labelledby="nobody-title">
      <h2 id="nobody-title">Nobody is computing yet</h2>
      <Invitation />
      <DonationPanel />
    </section>
  );
}
