import { type ReactNode, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { parseViews, withoutView, withView } from '../../model/saved-views.ts';
import { visible } from '../../model/value-text.ts';

const KEY = 'manytabs-views';

/** Queries kept in this browser, a click away; the one that is typed can be kept. */
export function SavedViews({ query }: { readonly query: string }): ReactNode {
  const [views, setViews] = useState(() => parseViews(localStorage.getItem(KEY)));
  const keep = (next: readonly string[]) => {
    localStorage.setItem(KEY, JSON.stringify(next));
    setViews(next);
  };
  const canSave = query.trim() !== '' && !views.includes(query);
  if (views.length === 0 && !canSave) return null;
  return (
    <div className="row saved-views">
      {views.map((view) => (
        <span key={view} className="saved-view">
          <a
            href={routeHref({ page: 'jobs', query: view })}
            aria-current={view === query ? 'true' : undefined}
          >
            {visible(view)}
          </a>
          <button
            type="button"
            className="small"
            aria-label={`Forget the view ${visible(view)}`}
            onClick={() => keep(withoutView(views, view))}
          >
            ✕
          </button>
        </span>
      ))}
      {canSave ? (
        <button type="button" className="small" onClick={() => keep(withView(views, query))}>
          Save this view
        </button>
      ) : null}
    </div>
  );
}
