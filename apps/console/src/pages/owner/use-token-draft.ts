import { useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import { type TokenDraft, tokenOptionsOf } from '../../model/token-form.ts';
import type { ShownSecret } from './secret.tsx';
import { useTokenMaker } from './use-token-maker.ts';

/** A token that is being described: `make` makes it and begins anew from `empty`. */
export function useTokenDraft(
  owner: OwnerApi,
  empty: TokenDraft,
  onMade: (made: ShownSecret) => void,
) {
  const [draft, setDraft] = useState(empty);
  const { make, busy, error } = useTokenMaker(owner, onMade);
  const submit = async (): Promise<void> => {
    if (await make(() => tokenOptionsOf(draft, Date.now()))) setDraft(empty);
  };
  return {
    draft,
    change: (part: Partial<TokenDraft>) => setDraft((now) => ({ ...now, ...part })),
    busy,
    error,
    make: () => void submit(), // failures are shown
  };
}

export type DraftedToken = ReturnType<typeof useTokenDraft>;
