import type { TokenView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { useNow } from '../../live/use-now.ts';
import { agoText, countText } from '../../model/duration.ts';
import { siteUseText } from '../../model/site-use.ts';
import { visible } from '../../model/value-text.ts';
import { nameOf, RevokeButton, type Revoking } from './revoking.tsx';
import { endText } from './token-table.tsx';

interface SiteCardProps {
  readonly site: TokenView;
  readonly ask: Revoking['ask'];
  readonly onRotate: (site: TokenView) => void;
}

/** One site key: where it may be, and what came of it. */
export function SiteCard({ site, ask, onRotate }: SiteCardProps): ReactNode {
  const now = useNow();
  const isValid = site.state === 'valid';
  return (
    <section className="card site stack" aria-labelledby={`site-${site.id}`}>
      <div className="row">
        <h2 id={`site-${site.id}`}>{nameOf(site)}</h2>
        {isValid ? null : <span className="quiet">{site.state}</span>}
        <span className="mono quiet">{site.id}</span>
      </div>
      <ul className="site-origins" aria-label="Domains">
        {site.origins.map((origin) => (
          <li key={origin}>{visible(origin)}</li>
        ))}
      </ul>
      <Figures site={site} />
      <div className="row site-foot">
        <span className="quiet">
          {site.use ? `last used ${agoText(site.use.lastAt, now)}` : 'never used'}
          {isValid ? `, ends: ${endText(site, now)}` : ''}
        </span>
        {isValid ? (
          <>
            <button
              type="button"
              className="small"
              aria-label={`Rotate ${nameOf(site)}`}
              onClick={() => onRotate(site)}
            >
              Rotate
            </button>
            <RevokeButton token={site} ask={ask} />
          </>
        ) : null}
      </div>
    </section>
  );
}

function Figures({ site }: { readonly site: TokenView }): ReactNode {
  const { shown, consent, given, failed, errors } = siteUseText(site.use);
  const figures = [
    ['Shown', shown],
    ['Allowed', consent],
    ['Given', given],
    ['Tasks that failed', failed],
  ] as const;
  return (
    <>
      <dl className="site-figures">
        {figures.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {errors.length > 0 ? (
        <ul className="site-errors" aria-label="Errors">
          {errors.map(({ code, count, next }) => (
            <li key={code}>
              {countText(count)} × <code>{code}</code> <span className="quiet">{next}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
