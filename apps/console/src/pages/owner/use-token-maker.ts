import { type GridError, toGridError } from '@manytabs/protocol';
import type { TokenOptions } from 'manytabs';
import { useState } from 'react';
import type { OwnerApi } from '../../app/session.ts';
import type { ShownSecret } from './secret.tsx';

/** Makes tokens; `make` tells whether it did, and `error` why not. */
export function useTokenMaker(owner: OwnerApi, onMade: (made: ShownSecret) => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  const make = async (options: () => TokenOptions): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      onMade(await owner.tokens.create(options()));
      return true;
    } catch (thrown) {
      setError(toGridError(thrown, 'connection-lost'));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, make };
}
