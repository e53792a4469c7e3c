import { type FileOp, GridError, toGridError } from '@manytabs/protocol';
import type { Connection } from '../connection.ts';

const RETRY_MS = 200;
const RETRIES_MAX = 50;

/** Asks the grid for something of its file system; what is refused for being too much at once is asked again. */
export async function askFiles<T>(
  connection: Connection,
  op: FileOp,
  signal?: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await untilAborted(connection.request({ type: 'file', op }), signal)) as T;
    } catch (thrown) {
      if (toGridError(thrown, 'internal').code !== 'rate-limited' || attempt >= RETRIES_MAX)
        throw thrown;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** @throws {GridError} `aborted` as soon as the signal says so */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(aborted());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

export function aborted(): GridError {
  return new GridError('aborted', 'It was stopped.');
}
