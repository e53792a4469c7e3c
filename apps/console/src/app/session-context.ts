import { must } from '@manytabs/protocol';
import { createContext, useContext } from 'react';
import type { Session } from './session.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  return must(useContext(SessionContext), 'a page is only drawn with a session around it');
}

/** Says a short sentence to screen readers, politely. */
export const AnnounceContext = createContext<(sentence: string) => void>(() => {});
