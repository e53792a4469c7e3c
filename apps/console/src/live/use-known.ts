import { useSyncExternalStore } from 'react';
import type { Known, LiveQuery } from './live-query.ts';

/** The newest value of a query, which is asked for as long as a component uses it. */
export function useKnown<T>(query: LiveQuery<T>): Known<T> {
  return useSyncExternalStore(query.subscribe, query.getKnown, query.getKnown);
}
