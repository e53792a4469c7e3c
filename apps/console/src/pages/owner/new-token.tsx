import { scopeSchema } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { EMPTY_TOKEN, type TokenDraft, tokenOptionsOf } from '../../model/token-form.ts';
import { Field } from '../new-job/field.tsx';
import type { ShownSecret } from './secret.tsx';
import { TextField } from './text-field.tsx';
import { useTokenMaker } from './use-token-maker.ts';

interface NewTokenProps {
  readonly owner: OwnerApi;
  readonly onMade: (made: ShownSecret) => void;
}

const SCOPES = [
  ['submit', 'submit jobs, and see its own'],
  ['volunteer', 'donate'],
  ['embed', 'site key of an embedded page'],
  ['admin', 'do everything'],
] as const;

const BOUNDS = [
  ['jobs', 'Jobs at a time'],
  ['tasks', 'Tasks of a job'],
  ['bytes', 'Bytes a day'],
] as const;

export function NewToken({ owner, onMade }: NewTokenProps): ReactNode {
  const { draft, change, busy, error, make } = useTokenDraft(owner, onMade);
  return (
    <form
      className="card new-token stack"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <h2>New token</h2>
      <Field title="It may">
        {(control) => (
          <select
            {...control}
            value={draft.scope}
            onChange={(event) => change({ scope: scopeSchema.parse(event.currentTarget.value) })}
          >
            {SCOPES.map(([scope, title]) => (
              <option key={scope} value={scope}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        title="Name"
        hint="For whom or what it is."
        value={draft.name}
        set={(name) => change({ name })}
      />
      <TextField
        title="Days"
        hint="Empty: until it is revoked."
        value={draft.days}
        set={(days) => change({ days })}
      />
      {draft.scope === 'embed' || draft.scope === 'volunteer' ? (
        <TextField
          title="Sites"
          hint="https://example.org; several with spaces between."
          value={draft.origins}
          set={(origins) => change({ origins })}
        />
      ) : null}
      {draft.scope === 'volunteer' ? (
        <label className="choice">
          <input
            type="checkbox"
            checked={draft.trusted}
            onChange={(event) => change({ trusted: event.currentTarget.checked })}
          />
          its results are believed
        </label>
      ) : null}
      {draft.scope === 'submit' ? (
        <div className="field-pair">
          {BOUNDS.map(([field, title]) => (
            <TextField
              key={field}
              title={title}
              hint="Empty: the grid’s."
              value={draft[field]}
              set={(text) => change({ [field]: text })}
            />
          ))}
        </div>
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? 'Making…' : 'Make the token'}
      </button>
    </form>
  );
}

function useTokenDraft(owner: OwnerApi, onMade: NewTokenProps['onMade']) {
  const [draft, setDraft] = useState(EMPTY_TOKEN);
  const { make, busy, error } = useTokenMaker(owner, onMade);
  const submit = async (): Promise<void> => {
    if (await make(() => tokenOptionsOf(draft, Date.now()))) setDraft(EMPTY_TOKEN);
  };
  return {
    draft,
    change: (part: Partial<TokenDraft>) => setDraft((now) => ({ ...now, ...part })),
    busy,
    error,
    make: () => void submit(), // failures are shown
  };
}
