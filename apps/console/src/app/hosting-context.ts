import { GridError } from '@manytabs/protocol';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { Hosting, type HostingState } from './hosting.ts';

export const HostingContext = createContext(
  new Hosting(async () => {
    throw new GridError('closed', 'This page was drawn without a way to host.');
  }),
);

export function useHosting(): HostingState {
  const hosting = useContext(HostingContext);
  return useSyncExternalStore(hosting.subscribe, hosting.get, hosting.get);
}
