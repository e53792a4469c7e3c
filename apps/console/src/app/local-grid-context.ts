import { GridError } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { createContext } from 'react';

/** Opens a grid of this device alone; for trying a few tasks. */
export type OpenLocalGrid = () => Promise<GridApi>;

export const LocalGridContext = createContext<OpenLocalGrid>(() =>
  Promise.reject(new GridError('closed', 'Nothing can be computed on this page.')),
);
