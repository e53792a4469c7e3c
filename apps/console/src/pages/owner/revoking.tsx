import { type GridError, type TokenView, toGridError } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { visible } from '../../model/value-text.ts';

export interface Revoking {
  /** Asks whether the token is to end. */
  readonly ask: (token: TokenView) => void;
  /** The question, or why it could not be done. */
  readonly shown: ReactNode;
}

/** `means` tells what the end of a token is the end of. */
export function useRevoking(owner: OwnerApi, means: string, onChanged: () => void): Revoking {
  const [asked, setAsked] = useState<TokenView>();
  const [error, setError] = useState<GridError>();
  const revoke = async (id: string): Promise<void> => {
    setAsked(undefined);
    try {
      await owner.tokens.revoke(id);
      onChanged();
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
    }
  };
  const shown = (
    <>
      {error ? <ErrorNotice error={error} /> : null}
      {asked ? (
        <Sheet title={`Revoke ${nameOf(asked)}?`} onClose={() => setAsked(undefined)}>
          <p>{means}</p>
          <div className="row">
            <button type="button" className="danger" onClick={() => void revoke(asked.id)}>
              Revoke the {asked.scope === 'embed' ? 'key' : 'token'}
            </button>
            <button type="button" onClick={() => setAsked(undefined)}>
              Keep it
            </button>
          </div>
        </Sheet>
      ) : null}
    </>
  );
  return { ask: setAsked, shown };
}

/** The button that asks it. */
export function RevokeButton({ token, ask }: { token: TokenView; ask: Revoking['ask'] }) {
  return (
    <button
      type="button"
      className="small danger"
      aria-label={`Revoke ${nameOf(token)}`}
      onClick={() => ask(token)}
    >
      Revoke
    </button>
  );
}

export function nameOf({ name, id }: TokenView): string {
  return visible(name) || id;
}
