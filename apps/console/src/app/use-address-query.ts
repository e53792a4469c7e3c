import { useEffect, useRef, useState } from 'react';
import { type Route, routeHref } from './route.ts';

/** Browsers limit how often an address changes. */
const SETTLE_MS = 300;

type QueryPage = 'jobs' | 'audit';

/**
 * A query as typed, which is in the address soon after; an address that is opened or gone back to changes it in turn.
 * Typing makes no steps in the history.
 */
export function useAddressQuery(
  page: QueryPage,
  inAddress: string,
): readonly [string, (query: string) => void] {
  const [query, setQuery] = useState(inAddress);
  const written = useRef(inAddress);
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    setQuery(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (query === written.current) return;
    const timer = setTimeout(() => {
      written.current = query;
      history.replaceState(history.state, '', routeHref({ page, query } satisfies Route));
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [page, query]);
  return [query, setQuery];
}
