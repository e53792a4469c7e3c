import type { ReactNode } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { EMPTY_TOKEN } from '../../model/token-form.ts';
import type { ShownSecret } from './secret.tsx';
import { TextField } from './text-field.tsx';
import { NameAndDays, TokenForm } from './token-form.tsx';
import { useTokenDraft } from './use-token-draft.ts';

interface NewSiteProps {
  readonly owner: OwnerApi;
  readonly onMade: (made: ShownSecret) => void;
}

/** A key for all origins of one site. */
const EMPTY_SITE = { ...EMPTY_TOKEN, scope: 'embed', days: '' } as const;

export function NewSite({ owner, onMade }: NewSiteProps): ReactNode {
  const token = useTokenDraft(owner, EMPTY_SITE, onMade);
  return (
    <TokenForm title="New site" action="Make the key" token={token}>
      <TextField
        title="Domains"
        hint="https://example.org; several with spaces between. Its tabs have one vote together."
        value={token.draft.origins}
        set={(origins) => token.change({ origins })}
      />
      <NameAndDays token={token} hint="Whose site it is." />
    </TokenForm>
  );
}
