import type { GridError } from '@manytabs/protocol';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { cleanToken } from '../../app/token.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { HostCard } from './host-page.tsx';
import './connect-page.css';

interface TokenPageProps {
  readonly onToken: (token: string) => void;
}

/** How to get in without a token. */
export function TokenPage({
  onToken,
  onHost,
}: TokenPageProps & { readonly onHost: () => void }): ReactNode {
  return (
    <div className="connect stack">
      <h1>This console needs a token</h1>
      <p>
        Submitting jobs is for people the owner of the grid trusts, so the console’s address carries
        a token. Yours came without one.
      </p>
      <ul className="connect-ways">
        <li>
          You started the grid: open the console address that <code>npm start</code> printed. It
          ends in <code>#token=…</code>
        </li>
        <li>
          Somebody else did: ask them for <code>manytabs token create --scope submit</code>
        </li>
      </ul>
      <TokenForm onToken={onToken} />
      <HostCard onHost={onHost} />
      <p className="quiet">
        You came to lend your computer? <a href="/">The volunteers’ page</a> needs no token.
      </p>
    </div>
  );
}

function TokenForm({ onToken }: TokenPageProps): ReactNode {
  const id = useId();
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('token');
    const token = cleanToken(typeof typed === 'string' ? typed : '');
    if (token) onToken(token);
    else setProblem('Paste a token, or a whole console address.');
  };
  return (
    <form onSubmit={submit} className="stack card connect-form">
      <label htmlFor={id}>Token or console address</label>
      <div className="connect-fields">
        <input
          id={id}
          name="token"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={problem !== ''}
          aria-describedby={`${id}-problem`}
        />
        <button type="submit" className="primary">
          Connect
        </button>
      </div>
      <p id={`${id}-problem`} className="bad" role="alert">
        {problem}
      </p>
    </form>
  );
}

interface ConnectFailedPageProps extends TokenPageProps {
  readonly error: GridError;
  readonly onRetry: () => void;
}

/** Why the grid was not reached, and what can be tried. */
export function ConnectFailedPage({ error, onRetry, onToken }: ConnectFailedPageProps): ReactNode {
  const refused = error.code === 'token-refused' || error.code === 'token-missing';
  return (
    <div className="connect stack">
      <h1>{refused ? 'The grid refused this token' : 'The grid was not reached'}</h1>
      <ErrorNotice error={error} />
      <div className="row">
        <button type="button" className={refused ? '' : 'primary'} onClick={onRetry}>
          Try again
        </button>
      </div>
      {refused ? <TokenForm onToken={onToken} /> : null}
    </div>
  );
}
