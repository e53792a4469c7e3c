import type { ReactNode } from 'react';
import { useHosting } from '../../app/hosting-context.ts';
import { Loading } from '../../components/empty.tsx';

interface HostCardProps {
  readonly onHost: () => void;
}

/** A grid without a server. */
export function HostCard({ onHost }: HostCardProps): ReactNode {
  return (
    <section className="card stack" aria-labelledby="host-title">
      <h2 id="host-title">Or host a grid in this tab</h2>
      <p>
        For a classroom or a lab: this tab is the coordinator, others join by a link or a code, and
        everything is kept in this browser. It needs no account and no server of yours.
      </p>
      <div className="row">
        <button type="button" onClick={onHost}>
          Host a grid in this tab
        </button>
      </div>
    </section>
  );
}

/** From the press of the button to the first page of the grid. */
export function HostOpening(): ReactNode {
  const { state } = useHosting();
  if (state !== 'standing-by') return <Loading what="the grid of this tab" />;
  return (
    <div className="connect stack" role="status">
      <h1>Another tab of yours hosts the grid</h1>
      <p>This one stands by. It takes over by itself as soon as the other tab is closed.</p>
    </div>
  );
}

/** After it was ended here. */
export function HostEnded({ onHost }: HostCardProps): ReactNode {
  const state = useHosting();
  const reason = state.state === 'ended' ? state.reason?.message : undefined;
  return (
    <div className="connect stack">
      <h1>This tab hosts no grid any more</h1>
      <p>{reason ?? 'What the grid had done is kept in this browser.'}</p>
      <p className="quiet">
        Moved to a server? Start it with <code>manytabs restore grid.backup</code> and{' '}
        <code>npm start</code>, and do not host it here as well.
      </p>
      <div className="row">
        <button type="button" className="primary" onClick={onHost}>
          Host it again
        </button>
      </div>
    </div>
  );
}
