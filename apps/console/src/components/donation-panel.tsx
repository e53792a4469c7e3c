import { GridError } from '@manytabs/protocol';
import type { Donation, DonationState, DonationView } from 'manytabs/volunteer';
import { type ReactNode, useContext, useSyncExternalStore } from 'react';
import { DonationContext } from '../app/donation-context.ts';
import { countText, durationText } from '../model/duration.ts';
import { visible } from '../model/value-text.ts';
import { ErrorNotice } from './notice.tsx';
import './donation-panel.css';

const SENTENCES: Record<DonationState, string> = {
  idle: 'Not computing.',
  connecting: 'Testing the sandbox and calling the grid…',
  waiting: 'Ready; the grid has nothing for this tab right now.',
  fetching: 'Fetching the job…',
  computing: 'Computing.',
  paused: 'Paused.',
  finishing: 'Finishing the current tasks, then stopping.',
  reconnecting: 'The link is lost; what runs goes on while it is made again.',
  failed: 'It cannot go on.',
};

/** What this tab computes, with the controls, above every page; nothing before it was asked to. */
export function DonationStrip(): ReactNode {
  const store = useContext(DonationContext);
  const own = useSyncExternalStore(store.subscribe, store.get, store.get);
  if (own.state !== 'on') return null;
  return (
    <section className="donation-strip" aria-label="Computing in this tab">
      <Running donation={own.donation} />
    </section>
  );
}

/** Lets this tab compute too. Its controls are then in the strip. */
export function DonationPanel(): ReactNode {
  const store = useContext(DonationContext);
  const own = useSyncExternalStore(store.subscribe, store.get, store.get);
  if (own.state === 'on') return <p className="quiet">This tab takes part.</p>;
  return (
    <div className="donation">
      <div className="row">
        <button
          type="button"
          className="small"
          disabled={own.state === 'loading'}
          onClick={() => void store.start()}
        >
          Compute in this tab too
        </button>
        <span className="quiet" role="status">
          {own.state === 'loading' ? 'Loading the sandbox…' : 'Runs jobs here, in a sandbox.'}
        </span>
      </div>
      {own.state === 'failed' ? <ErrorNotice error={own.error} /> : null}
    </div>
  );
}

function Running({ donation }: { readonly donation: Donation }): ReactNode {
  const view = useSyncExternalStore(
    (listener) => donation.subscribe(listener),
    () => donation.view,
    () => donation.view,
  );
  return (
    <div className="donation">
      <div className="row">
        <p role="status">
          <strong>This tab:</strong> {SENTENCES[view.state]}
        </p>
        <p className="quiet donation-facts">{factsText(view)}</p>
        <Buttons donation={donation} state={view.state} />
        <Workers donation={donation} view={view} />
      </div>
      {view.problem ? (
        <ErrorNotice error={new GridError(view.problem.code, view.problem.message)} />
      ) : null}
    </div>
  );
}

function factsText({ job, tasksDone, tasksFailed, busyMs, road }: DonationView): string {
  const failed = tasksFailed === 0 ? '' : `, ${countText(tasksFailed)} failed`;
  const facts = [
    `${countText(tasksDone)} tasks done${failed}`,
    `${durationText(busyMs)} computed`,
    job && visible(job.name),
    road && `over ${road}`,
  ];
  return facts.filter(Boolean).join(' · ');
}

interface ButtonsProps {
  readonly donation: Donation;
  readonly state: DonationState;
}

function Buttons({ donation, state }: ButtonsProps): ReactNode {
  if (state === 'idle' || state === 'failed') {
    return (
      <button type="button" className="small" onClick={() => donation.start()}>
        Compute in this tab too
      </button>
    );
  }
  return (
    <>
      {state === 'paused' ? (
        <button type="button" className="small" onClick={() => donation.resume()}>
          Resume
        </button>
      ) : (
        <button type="button" className="small" onClick={() => donation.pause()}>
          Pause
        </button>
      )}
      <button
        type="button"
        className="small"
        disabled={state === 'finishing'}
        onClick={() => donation.finish()}
      >
        Finish, then stop
      </button>
      <button type="button" className="small danger" onClick={() => donation.stop()}>
        Stop at once
      </button>
    </>
  );
}

interface WorkersProps {
  readonly donation: Donation;
  readonly view: DonationView;
}

function Workers({ donation, view }: WorkersProps): ReactNode {
  const max = Math.max(1, Math.min(128, navigator.hardwareConcurrency || 4));
  return (
    <label className="donation-workers">
      Workers
      <input
        type="number"
        min={1}
        max={max}
        value={view.workers}
        onChange={(event) => {
          const workers = event.currentTarget.valueAsNumber;
          if (workers >= 1 && workers <= max) donation.setWorkers(Math.floor(workers));
        }}
      />
    </label>
  );
}
