import { availableParallelism } from 'node:os';
import type { Runtime } from '@manytabs/runtime';
import { type PythonFiles, ThreadRuntime } from '@manytabs/runtime/node';
import { nodePython } from './node-python.ts';
import { scriptOfModule } from './script-of-module.ts';

/** What a grid of this machine runs on outside of pages; `no-threads.ts` takes its place in a page's build. */
export function openThreads(workers: number): Runtime {
  return new ThreadRuntime({ workers, scriptOf: scriptOfModule, python });
}

/** Read once for all volunteers of this process. */
let files: Promise<PythonFiles> | undefined;

function python(): Promise<PythonFiles> {
  files ??= nodePython().catch((thrown: unknown) => {
    files = undefined;
    throw thrown;
  });
  return files;
}

export function processorCount(): number {
  return availableParallelism();
}
