import { GridError, type PeerId } from '@manytabs/protocol';
import type { LaneLink } from './lanes.ts';

export interface Settle {
  readonly done: (link: LaneLink) => void;
  readonly fail: (reason: GridError) => void;
}

export interface Dial {
  readonly peer: PeerId;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** Starts the attempt; what it returns undoes it. The first of `done` and `fail` counts. */
  begin(settle: Settle): () => void;
}

/** One attempt to reach a peer, with an end. @throws {GridError} `aborted`, `timeout`, or what the attempt failed with. */
export function dial({ peer, signal, timeoutMs, begin }: Dial): Promise<LaneLink> {
  if (signal?.aborted) return Promise.reject(aborted(peer));
  return new Promise((resolve, reject) => {
    let undo: (() => void) | undefined;
    let isSettled = false;
    const settle = () => {
      isSettled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (reason: GridError) => {
      if (isSettled) return;
      settle();
      undo?.();
      reject(reason);
    };
    const done = (link: LaneLink) => {
      if (isSettled) link.close(aborted(peer));
      else settle();
      resolve(link);
    };
    const abort = () => fail(aborted(peer));
    const late = () => new GridError('timeout', `${peer} did not answer in ${timeoutMs} ms.`);
    const timer = setTimeout(() => fail(late()), timeoutMs);
    signal?.addEventListener('abort', abort);
    undo = begin({ done, fail });
    if (isSettled) undo();
  });
}

export function unreachablePeer(peer: PeerId, why: string): GridError {
  return new GridError('unreachable', `${peer} cannot be reached: ${why}`);
}

function aborted(peer: PeerId): GridError {
  return new GridError('aborted', `Connecting to ${peer} was given up.`);
}
