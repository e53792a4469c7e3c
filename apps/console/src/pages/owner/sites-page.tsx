import type { TokenView } from '@manytabs/protocol';
import { type ReactNode, useMemo, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';
import { widgetMarkup } from '../../model/site-use.ts';
import { NewSite } from './new-site.tsx';
import { NoOwner, Refusal, useOwner } from './owner-only.tsx';
import { useRevoking } from './revoking.tsx';
import { Secret, type ShownSecret } from './secret.tsx';
import { SiteCard } from './site-card.tsx';
import { newestFirst } from './token-table.tsx';
import { useTokenMaker } from './use-token-maker.ts';
import './owner.css';
import './sites.css';

const ENDS =
  'The widget on its pages stops at once, also where visitors had allowed it, and says why. Other keys of the site go on.';

/** The sites that show the widget: their keys, and what came of them. */
export default function SitesPage(): ReactNode {
  const owner = useOwner();
  return owner ? <Sites owner={owner} /> : <NoOwner title="No sites here" />;
}

function Sites({ owner }: { readonly owner: OwnerApi }): ReactNode {
  const query = useMemo(() => new LiveQuery(() => owner.tokens.list(), 10_000), [owner]);
  const { value, error, at } = useKnown(query);
  const [secret, setSecret] = useState<ShownSecret>();
  const refused = error?.code === 'token-refused' || (error && !value);
  const sites = (value ?? []).filter(({ scope }) => scope === 'embed');
  const onMade = (made: ShownSecret) => {
    setSecret(made);
    query.refresh();
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>Sites</h1>
        {value ? <span className="quiet">{countText(sites.length)}</span> : null}
        <AgeStamp at={at === undefined ? undefined : at + 10_000} />
        <a href="#/tokens" className="button">
          All tokens
        </a>
      </div>
      {refused && error ? <Refusal error={error} /> : null}
      {!value && !error ? <Loading what="the sites" /> : null}
      {secret ? <Markup secret={secret} onDone={() => setSecret(undefined)} /> : null}
      {value && !refused ? (
        <div className="owner-columns">
          <SiteList sites={sites} owner={owner} onMade={onMade} onChanged={() => query.refresh()} />
          <NewSite owner={owner} onMade={onMade} />
        </div>
      ) : null}
    </div>
  );
}

/** A site key is public, but the grid keeps its hash alone. */
function Markup(props: { readonly secret: ShownSecret; readonly onDone: () => void }): ReactNode {
  const text = widgetMarkup(location.href, props.secret.token);
  const says =
    'Put these two lines into your pages, where visitors see them. The key is public; this page shows it this once.';
  return <Secret {...props} what="Site key" says={says} text={text} />;
}

interface SiteListProps {
  readonly sites: readonly TokenView[];
  readonly owner: OwnerApi;
  readonly onMade: (made: ShownSecret) => void;
  readonly onChanged: () => void;
}

function SiteList({ sites, owner, onMade, onChanged }: SiteListProps): ReactNode {
  const { ask, shown } = useRevoking(owner, ENDS, onChanged);
  const { make, error } = useTokenMaker(owner, onMade);
  if (sites.length === 0) {
    return <Empty title="No site shows the widget yet.">Make a key for the first one.</Empty>;
  }
  const rotate = ({ name, origins, expiresAt }: TokenView) =>
    void make(() => ({
      ...{ scope: 'embed', name, origins },
      expires: expiresAt === undefined ? undefined : new Date(expiresAt),
    }));
  return (
    <div className="stack">
      {shown}
      {error ? <ErrorNotice error={error} /> : null}
      {newestFirst(sites).map((site) => (
        <SiteCard key={site.id} site={site} ask={ask} onRotate={rotate} />
      ))}
    </div>
  );
}
