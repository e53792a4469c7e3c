import { GridError } from '@manytabs/protocol';
import type { TaskBytes } from 'manytabs';
import type { Replayed } from 'manytabs/volunteer';
import { createContext } from 'react';

/** Runs a task in a sandbox of this page, and compares what it gives with a result of it. */
export type ReplayTask = (task: TaskBytes, index: number, recorded: unknown) => Promise<Replayed>;

export const ReplayContext = createContext<ReplayTask>(() =>
  Promise.reject(new GridError('closed', 'Nothing can be computed on this page.')),
);
