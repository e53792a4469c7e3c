import type { GridApi } from 'manytabs';
import type { ReactNode } from 'react';
import './link-banner.css';

interface LinkBannerProps {
  readonly link: GridApi['state'];
  readonly onReconnect: () => void;
}

/** Nothing while connected; else what is known and what happens next. */
export function LinkBanner({ link, onReconnect }: LinkBannerProps): ReactNode {
  if (link === 'connected') return null;
  return (
    <div className={`link-banner link-${link}`} role="status">
      {link === 'reconnecting' ? (
        <p>
          <strong>Reconnecting…</strong> Jobs go on without this page; what you see is the last
          state it heard of.
        </p>
      ) : (
        <>
          <p>
            <strong>The connection is closed.</strong> Jobs go on without this page.
          </p>
          <button type="button" className="small" onClick={onReconnect}>
            Connect again
          </button>
        </>
      )}
    </div>
  );
}
