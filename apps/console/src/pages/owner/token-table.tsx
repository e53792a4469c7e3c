import { type GridError, type Quota, type TokenView, toGridError } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { useNow } from '../../live/use-now.ts';
import { agoText, bytesText, countText, durationText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';

const SHOWN_MAX = 500;

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly owner: OwnerApi;
  readonly onChanged: () => void;
}

export function TokenTable({ tokens, owner, onChanged }: TokenTableProps): ReactNode {
  const [asked, setAsked] = useState<TokenView>();
  const [error, setError] = useState<GridError>();
  const now = useNow();
  const revoke = async (id: string): Promise<void> => {
    setAsked(undefined);
    try {
      await owner.tokens.revoke(id);
      onChanged();
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
    }
  };
  if (tokens.length === 0) return <p className="quiet">No token was made yet.</p>;
  return (
    <div className="stack">
      {error ? <ErrorNotice error={error} /> : null}
      <div className="wide-table">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Token</th>
              <th scope="col">May</th>
              <th scope="col">Bounds</th>
              <th scope="col">Made</th>
              <th scope="col">Ends</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {newestFirst(tokens).map((token) => (
              <tr key={token.id}>
                <td>
                  {visible(token.name) || <span className="quiet">unnamed</span>}
                  <div className="mono quiet">{token.id}</div>
                </td>
                <td>
                  {MAY[token.scope]}
                  <div className="quiet">{token.origins.map(visible).join(' ')}</div>
                </td>
                <td>{quotaText(token.quota)}</td>
                <td>{agoText(token.createdAt, now)}</td>
                <td>{endText(token, now)}</td>
                <td>
                  {token.state === 'valid' ? (
                    <button
                      type="button"
                      className="small danger"
                      aria-label={`Revoke ${visible(token.name) || token.id}`}
                      onClick={() => setAsked(token)}
                    >
                      Revoke
                    </button>
                  ) : (
                    token.state
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked ? (
        <Sheet
          title={`Revoke ${visible(asked.name) || asked.id}?`}
          onClose={() => setAsked(undefined)}
        >
          <p>Its links are closed at once. Jobs that were submitted with it go on.</p>
          <div className="row">
            <button type="button" className="danger" onClick={() => void revoke(asked.id)}>
              Revoke the token
            </button>
            <button type="button" onClick={() => setAsked(undefined)}>
              Keep it
            </button>
          </div>
        </Sheet>
      ) : null}
    </div>
  );
}

const MAY = {
  submit: 'submit jobs, see its own',
  admin: 'do everything',
  volunteer: 'donate',
  embed: 'be put into pages of its sites',
} as const;

function newestFirst(tokens: readonly TokenView[]): readonly TokenView[] {
  return [...tokens].sort((a, b) => b.createdAt - a.createdAt).slice(0, SHOWN_MAX);
}

function endText({ expiresAt }: TokenView, now: number): string {
  if (expiresAt === undefined) return 'never';
  return expiresAt > now ? `in ${durationText(expiresAt - now)}` : agoText(expiresAt, now);
}

function quotaText({ jobs, tasks, bytes, stored }: Quota): string {
  const bounds = [
    jobs === undefined ? '' : `${countText(jobs)} jobs`,
    tasks === undefined ? '' : `${countText(tasks)} tasks a job`,
    bytes === undefined ? '' : `${bytesText(bytes)} a day`,
    stored === undefined ? '' : `${bytesText(stored)} stored`,
  ].filter((bound) => bound !== '');
  return bounds.length === 0 ? 'those of the grid' : bounds.join(', ');
}
