import type { ReactNode } from 'react';
import './empty.css';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Why there is nothing here, and what would change that. */
export function Empty({ title, children }: EmptyProps): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children ? <div className="quiet">{children}</div> : null}
    </div>
  );
}

/** Said while the first answer is on its way. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="empty loading" role="status">
      Loading {what}…
    </div>
  );
}
