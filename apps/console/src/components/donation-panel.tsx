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

/** Lets this tab compute too, with the volunteer's controls. */
export function DonationPanel(): ReactNode {
  const store = useContext(DonationContext);
  const own = useSyncExternalStore(store.subscribe, store.get);
  if (own.state === 'on') return <Running donation={own.donation} />;
  return (
    <div className="donation">
      <div className="row">
        <button type="button" disabled={own.state === 'loading'} onClick={() => void store.start()}>
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
  );
  return (
    <div className="donation">
      <div className="row">
        <Buttons donation={donation} state={view.state} />
        <Workers donation={donation} view={view} />
      </div>
      <p role="status">
        <strong>This tab:</strong> {SENTENCES[view.state]}
        {view.job ? <span className="quiet"> {visible(view.job.name)}</span> : null}
      </p>
      <p className="quiet">
        {countText(view.tasksDone)} tasks done, {countText(view.tasksFailed)} failed,{' '}
        {durationText(view.busyMs)} computed
        {view.road ? `, over ${view.road}` : ''}
      </p>
      {view.problem ? (
        <ErrorNotice error={new GridError(view.problem.code, view.problem.message)} />
      ) : null}
    </div>
  );
}

interface ButtonsProps {
  readonly donation: Donation;
  readonly state: DonationState;
}

function Buttons({ donation, state }: ButtonsProps): ReactNode {
  if (state === 'idle' || state === 'failed') {
    return (
      <button type="button" onClick={() => donation.start()}>
        Compute in this tab too
      </button>
    );
  }
  return (
    <>
      {state === 'paused' ? (
        <button type="button" onClick={() => donation.resume()}>
          Resume
        </button>
      ) : (
        <button type="button" onClick={() => donation.pause()}>
          Pause
        </button>
      )}
      <button type="button" disabled={state === 'finishing'} onClick={() => donation.finish()}>
        Finish, then stop
      </button>
      <button type="button" className="danger" onClick={() => donation.stop()}>
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
