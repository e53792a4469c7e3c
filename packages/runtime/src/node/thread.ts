import { Worker as Thread } from 'node:worker_threads';
import { LIMITS } from '@manytabs/protocol';
import { OUT_OF_MEMORY } from '../shared/wire.ts';

/** What one task may take unless its job says so, as far as Node bounds it: JavaScript's heap, and not what is outside. */
const HEAP_MB: number = LIMITS.TASK_MEMORY_MB_MAX;

/** A thread of Node with the face of a browser's worker, as far as a slot looks. */
export function threadAsWorker(source: string, heapMB = HEAP_MB): Worker {
  const thread = new Thread(source, {
    eval: true,
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMB },
  });
  const face: Pick<
    Worker,
    'onmessage' | 'onmessageerror' | 'onerror' | 'postMessage' | 'terminate'
  > = {
    onmessage: null,
    onmessageerror: null,
    onerror: null,
    postMessage: (message: unknown) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
  };
  const worker = face as Worker;
  thread.on('message', (data) => worker.onmessage?.({ data } as MessageEvent));
  thread.on('messageerror', () => worker.onmessageerror?.({} as MessageEvent));
  // Node ends a thread that throws outside of a promise: its slot hears that as a message of its own making.
  thread.on('error', (error) => {
    const isFull = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    worker.onmessageerror?.({ data: isFull ? OUT_OF_MEMORY : error.message } as MessageEvent);
  });
  // What a task leaves running keeps no program alive.
  thread.unref();
  return worker;
}
