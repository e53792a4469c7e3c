import type { ReactNode } from 'react';
import './empty.css';

interface EmptyProps {
  readonly title: string;
  /** Whether this is all there is on the page. */
  readonly page?: boolean | undefined;
  readonly children?: ReactNode;
}

/** Why there is nothing here, and what would change that. */
export function Empty({ title, page, children }: EmptyProps): ReactNode {
  return (
    <div className="empty">
      {page ? <h1>{title}</h1> : <p className="empty-title">{title}</p>}
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
