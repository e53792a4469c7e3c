import { type ReactNode, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { EMPTY_TOKEN, tokenOptionsOf } from '../../model/token-form.ts';
import type { ShownSecret } from './secret.tsx';
import { TextField } from './text-field.tsx';
import { useTokenMaker } from './use-token-maker.ts';

interface NewSiteProps {
  readonly owner: OwnerApi;
  readonly onMade: (made: ShownSecret) => void;
}

/** A key for all origins of one site. */
const EMPTY_SITE = { ...EMPTY_TOKEN, scope: 'embed', days: '' } as const;

export function NewSite({ owner, onMade }: NewSiteProps): ReactNode {
  const [draft, setDraft] = useState<typeof EMPTY_TOKEN>(EMPTY_SITE);
  const { make, busy, error } = useTokenMaker(owner, onMade);
  const change = (part: Partial<typeof EMPTY_TOKEN>) => setDraft((now) => ({ ...now, ...part }));
  const submit = async (): Promise<void> => {
    if (await make(() => tokenOptionsOf(draft, Date.now()))) setDraft(EMPTY_SITE);
  };
  return (
    <form
      className="card new-token stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(); // failures are shown
      }}
    >
      <h2>New site</h2>
      <TextField
        title="Domains"
        hint="https://example.org; several with spaces between. Its tabs have one vote together."
        value={draft.origins}
        set={(origins) => change({ origins })}
      />
      <TextField
        title="Name"
        hint="Whose site it is."
        value={draft.name}
        set={(name) => change({ name })}
      />
      <TextField
        title="Days"
        hint="Empty: until it is revoked."
        value={draft.days}
        set={(days) => change({ days })}
      />
      {error ? <ErrorNotice error={error} /> : null}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? 'Making…' : 'Make the key'}
      </button>
    </form>
  );
}
