import type { Blobs, Entry, Journal, KeyValue } from '@manytabs/protocol';

/**
 * An empty grid that a backup fills. It is marked as being restored until it is finished: no coordinator starts on a
 * half of a grid, and a second attempt clears what the first has left.
 */
export interface Target {
  readonly journal: Journal;
  readonly keyValue: Pick<KeyValue, 'get' | 'put'> & {
    adopt(entries: readonly Entry[], clock: number): Promise<void>;
  };
  readonly blobs: Blobs;
  /** To be called last, as the keys of the backup may have it. */
  setToken(token: string): Promise<void>;
  /** From now on a coordinator may start on it. */
  finish(): Promise<void>;
  close(): Promise<void>;
}
