import { type GridError, toGridError } from '@manytabs/protocol';
import { useRef, useState } from 'react';

/** One call at a time to the file system, that can be cancelled, and why it failed. */
export function useFileCall() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<GridError>();
  const abort = useRef(new AbortController());
  const start = async (call: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setBusy(true);
    setError(undefined);
    try {
      await call(signal);
    } catch (thrown) {
      if (!signal.aborted) setError(toGridError(thrown, 'connection-lost'));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run: (call: (signal: AbortSignal) => Promise<void>) => void start(call), // failures are the error
    cancel: () => abort.current.abort(),
  };
}
