import { GridError } from '@manytabs/protocol';
import type { Runtime } from '@manytabs/runtime';

/** In the build for browsers, where there are no threads of Node: without a document there is no sandbox either. */
export function openThreads(_workers: number): Runtime {
  throw new GridError('sandbox-refused', 'A local grid needs a page, not a worker of one.');
}

/** Of a browser that does not tell. */
export function processorCount(): number {
  return 1;
}
