import { Worker as Thread } from 'node:worker_threads';

/** What one task may take, as far as Node bounds it: JavaScript's heap, and not what is outside of it. */
const HEAP_MB = 1_024;

/** A thread of Node with the face of a browser's worker, as far as a slot looks. */
export function threadAsWorker(source: string): Worker {
  const thread = new Thread(source, {
    eval: true,
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
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
  thread.on('error', ({ message }) => worker.onmessageerror?.({ data: message } as MessageEvent));
  // What a task leaves running keeps no program alive.
  thread.unref();
  return worker;
}
