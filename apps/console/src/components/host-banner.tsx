import { type GridError, toGridError } from '@manytabs/protocol';
import { type ReactNode, useContext, useState } from 'react';
import type { Hosting } from '../app/hosting.ts';
import { HostingContext, useHosting } from '../app/hosting-context.ts';
import { saveBlob } from '../model/save-blob.ts';
import { ErrorNotice } from './notice.tsx';
import './link-banner.css';

/** While this tab is the coordinator: what that means, and the ways to end it. */
export function HostBanner(): ReactNode {
  const hosting = useContext(HostingContext);
  const state = useHosting();
  const [error, setError] = useState<GridError>();
  if (error) return <ErrorNotice error={error} />;
  if (state.state !== 'hosting') return null;
  const move = () =>
    moveOut(hosting).catch((thrown) => setError(toGridError(thrown, 'storage-failed')));
  return (
    <div className="link-banner" role="status">
      <p>
        <strong>This tab is the coordinator.</strong> Keep it open: the grid stands still while it
        is closed, and goes on when it is opened again.
        {state.persisted ? '' : ' This browser may clear what the tab keeps when its disk is full.'}
      </p>
      <div className="row">
        <button type="button" className="small" onClick={() => void move()}>
          Move to a server
        </button>
        <button type="button" className="small" onClick={() => void hosting.stop()}>
          Stop hosting
        </button>
      </div>
    </div>
  );
}

async function moveOut(hosting: Hosting): Promise<void> {
  saveBlob(await hosting.moveOut(), 'grid.backup');
}
