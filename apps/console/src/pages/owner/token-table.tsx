import type { Quota, TokenView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, bytesText, countText, durationText } from '../../model/duration.ts';
import { visible } from '../../model/value-text.ts';
import { RevokeButton, useRevoking } from './revoking.tsx';

const ENDS = 'Its links are closed at once. Jobs that were submitted with it go on.';
const SHOWN_MAX = 500;

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly owner: OwnerApi;
  readonly onChanged: () => void;
}

export function TokenTable({ tokens, owner, onChanged }: TokenTableProps): ReactNode {
  const now = useNow();
  const { ask, shown } = useRevoking(owner, ENDS, onChanged);
  if (tokens.length === 0) return <p className="quiet">No token was made yet.</p>;
  return (
    <div className="stack">
      {shown}
      <div className="wide-table">
        <table className="plain-table token-table">
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
                <td data-label="Bounds">{quotaText(token.quota)}</td>
                <td data-label="Made">{agoText(token.createdAt, now)}</td>
                <td data-label="Ends">{endText(token, now)}</td>
                <td>
                  {token.state === 'valid' ? <RevokeButton token={token} ask={ask} /> : token.state}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const MAY = {
  submit: 'submit jobs, see its own',
  admin: 'do everything',
  volunteer: 'donate',
  embed: 'be put into pages of its sites',
} as const;

export function newestFirst(tokens: readonly TokenView[]): readonly TokenView[] {
  return [...tokens].sort((a, b) => b.createdAt - a.createdAt).slice(0, SHOWN_MAX);
}

export function endText({ expiresAt }: TokenView, now: number): string {
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
