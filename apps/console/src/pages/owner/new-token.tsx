import { scopeSchema } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { EMPTY_TOKEN } from '../../model/token-form.ts';
import { Field } from '../new-job/field.tsx';
import type { ShownSecret } from './secret.tsx';
import { TextField } from './text-field.tsx';
import { NameAndDays, TokenForm } from './token-form.tsx';
import { useTokenDraft } from './use-token-draft.ts';

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
  const token = useTokenDraft(owner, EMPTY_TOKEN, onMade);
  const { draft, change } = token;
  return (
    <TokenForm title="New token" action="Make the token" token={token}>
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
      <NameAndDays token={token} hint="For whom or what it is." />
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
    </TokenForm>
  );
}
