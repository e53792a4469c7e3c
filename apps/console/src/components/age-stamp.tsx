import type { ReactNode } from 'react';
import { useNow } from '../live/use-now.ts';
import { agoText } from '../model/duration.ts';
import './age-stamp.css';

/** Older than this, a number is marked as old. */
export const STALE_MS = 10_000;

/** Nothing while a value is fresh; how old it is once it is stale. */
export function AgeStamp({ at }: { readonly at: number | undefined }): ReactNode {
  const now = useNow();
  if (at === undefined || now - at < STALE_MS) return null;
  return <span className="age">as of {agoText(at, now)}</span>;
}
