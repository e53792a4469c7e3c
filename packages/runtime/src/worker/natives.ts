import type { FromWorker } from '../shared/wire.ts';

/**
 * What the worker's own code needs of the browser, taken before the prelude removes it from the global object. This
 * module must be evaluated before lockDown runs.
 */
interface WorkerScope {
  /** Where the browser's way, `import(blob:)`, is not known. */
  readonly importSource?: (source: Uint8Array) => Promise<Record<string, unknown>>;
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const send = scope.postMessage.bind(scope);
const addListener = scope.addEventListener.bind(scope);

export const natives = {
  post: (message: FromWorker, transfer: Transferable[] = []): void => send(message, transfer),
  listen: (listener: (data: unknown) => void): void =>
    addListener('message', (event) => listener(event.data)),
  now: performance.now.bind(performance),
  setTimeout: globalThis.setTimeout.bind(globalThis),
  clearTimeout: globalThis.clearTimeout.bind(globalThis),
  clock: Date.now.bind(Date),
  importSource: scope.importSource,
  createObjectURL: URL.createObjectURL.bind(URL),
  revokeObjectURL: URL.revokeObjectURL.bind(URL),
  Blob,
  blobBytes: Blob.prototype.arrayBuffer,
  AbortController,
  AbortSignal,
} as const;

/** For signals only: on the global object, listening would be a way to hear what the frame says. */
export const signalMethods = {
  addEventListener: forSignals(EventTarget.prototype.addEventListener),
  removeEventListener: forSignals(EventTarget.prototype.removeEventListener),
} as const;

function forSignals(method: (...given: never[]) => void) {
  const { apply } = Reflect;
  return function (this: unknown, ...given: unknown[]): void {
    if (this instanceof natives.AbortSignal) apply(method, this, given);
  };
}

/** Sleeps in the middle of a task; undefined where the browser has no memory that may be waited on. */
export const sleep: ((ms: number) => void) | undefined = sleeper();

/** Shared memory is out of a page's reach here, and a module's own may still be waited on by the worker it is in. */
function sleeper(): ((ms: number) => void) | undefined {
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const cell = new Int32Array(buffer);
    const wait = Atomics.wait.bind(Atomics);
    wait(cell, 0, 0, 0);
    return (ms) => void wait(cell, 0, 0, ms);
  } catch {
    return undefined;
  }
}

/** Gives the messages that wait a chance, at the cost of one turn of the event loop. */
export const turn: () => Promise<unknown> = schedulerTurn() ?? channelTurn();

/** The cheap way: a message port goes by another thread, which takes milliseconds on a busy machine. */
function schedulerTurn(): (() => Promise<unknown>) | undefined {
  const { scheduler } = globalThis as {
    scheduler?: { postTask?(task: () => void): Promise<unknown> };
  };
  const postTask = scheduler?.postTask?.bind(scheduler);
  return postTask && (() => postTask(() => {}));
}

function channelTurn(): () => Promise<unknown> {
  const channel = new MessageChannel();
  const waiting: (() => void)[] = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(0);
    });
}
