import { type ReactNode, useMemo, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { Loading } from '../../components/empty.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';
import { NewToken } from './new-token.tsx';
import { NoOwner, Refusal, useOwner } from './owner-only.tsx';
import { Secret, type ShownSecret } from './secret.tsx';
import { TokenTable } from './token-table.tsx';
import './owner.css';

/** Who may do what: tokens are made, listed and revoked. */
export default function TokensPage(): ReactNode {
  const owner = useOwner();
  return owner ? <Tokens owner={owner} /> : <NoOwner title="No tokens here" />;
}

function Tokens({ owner }: { readonly owner: OwnerApi }): ReactNode {
  const query = useMemo(() => new LiveQuery(() => owner.tokens.list(), 10_000), [owner]);
  const { value, error, at } = useKnown(query);
  const [secret, setSecret] = useState<ShownSecret>();
  const refused = error?.code === 'token-refused' || (error && !value);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Tokens</h1>
        {value ? <span className="quiet">{countText(value.length)}</span> : null}
        <AgeStamp at={at === undefined ? undefined : at + 10_000} />
        <a href="#/sites" className="button">
          Sites
        </a>
        <a href="#/audit" className="button">
          Audit log
        </a>
      </div>
      {refused && error ? <Refusal error={error} /> : null}
      {!value && !error ? <Loading what="the tokens" /> : null}
      {secret ? <Secret secret={secret} onDone={() => setSecret(undefined)} /> : null}
      {value && !refused ? (
        <div className="owner-columns">
          <TokenTable tokens={value} owner={owner} onChanged={() => query.refresh()} />
          <NewToken
            owner={owner}
            onMade={(made) => {
              setSecret(made);
              query.refresh();
            }}
          />
        </div>
      ) : null}
    </div>
  );
}
