import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/notice.tsx';
import { TextField } from './text-field.tsx';
import type { DraftedToken } from './use-token-draft.ts';

interface TokenFormProps {
  readonly title: string;
  readonly action: string;
  readonly token: DraftedToken;
  readonly children: ReactNode;
}

/** What describes a token, and the button that makes it. */
export function TokenForm({ title, action, token, children }: TokenFormProps): ReactNode {
  return (
    <form
      className="card new-token stack"
      onSubmit={(event) => {
        event.preventDefault();
        token.make();
      }}
    >
      <h2>{title}</h2>
      {children}
      {token.error ? <ErrorNotice error={token.error} /> : null}
      <button type="submit" className="primary" disabled={token.busy}>
        {token.busy ? 'Making…' : action}
      </button>
    </form>
  );
}

/** Whose it is, and for how long. */
export function NameAndDays({
  token: { draft, change },
  hint,
}: {
  readonly token: DraftedToken;
  readonly hint: string;
}): ReactNode {
  return (
    <>
      <TextField title="Name" hint={hint} value={draft.name} set={(name) => change({ name })} />
      <TextField
        title="Days"
        hint="Empty: until it is revoked."
        value={draft.days}
        set={(days) => change({ days })}
      />
    </>
  );
}
