import { availableParallelism } from 'node:os';
import type { Runtime } from '@manytabs/runtime';
import { ThreadRuntime } from '@manytabs/runtime/node';
import { scriptOfModule } from './script-of-module.ts';

/** What a grid of this machine runs on outside of pages; `no-threads.ts` takes its place in a page's build. */
export function openThreads(workers: number): Runtime {
  return new ThreadRuntime({ workers, scriptOf: scriptOfModule });
}

export function processorCount(): number {
  return availableParallelism();
}
