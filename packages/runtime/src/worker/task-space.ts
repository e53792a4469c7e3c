import { decodeValue, encodeValue, GridError, type TaskSpaceOperation } from '@manytabs/protocol';

const LEASE_MS = 10_000;

export interface TaskValue {
  readonly version: number;
  readonly value: unknown;
}

export interface TaskLock {
  readonly token: number;
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** `ctx.space`: what the tasks of a job share, and its submitter reads under the job's prefix. */
export interface TaskSpace {
  get(key: string): Promise<TaskValue | undefined>;
  put(key: string, value: unknown, options?: WriteOptions): Promise<number>;
  delete(key: string, options?: Pick<WriteOptions, 'expected'>): Promise<boolean>;
  counter(name: string): { add(delta?: number): Promise<number>; get(): Promise<number> };
  lock(name: string, options?: { leaseMs?: number; wait?: boolean }): Promise<TaskLock>;
}

interface WriteOptions {
  readonly expected?: number;
  readonly fence?: number;
}

/** Carries out an encoded operation where the task cannot reach. */
export type AskSpace = (operation: Uint8Array) => Promise<Uint8Array>;

export function taskSpace(askSpace: AskSpace): TaskSpace {
  const ask = async (operation: TaskSpaceOperation) =>
    decodeValue(await askSpace(encodeValue(operation)));
  const add = (key: string, delta: number) => ask({ do: 'add', key, delta }) as Promise<number>;
  return {
    get: async (key) => {
      const found = (await ask({ do: 'get', key })) as {
        version: number;
        value: Uint8Array;
      } | null;
      return found ? { version: found.version, value: decodeValue(found.value) } : undefined;
    },
    put: async (key, value, options = {}) =>
      (await ask({ do: 'put', key, value: encoded(value), ...given(options) })) as number,
    delete: async (key, options = {}) =>
      (await ask({ do: 'delete', key, ...given(options) })) as boolean,
    counter: (key) => ({ add: async (delta = 1) => add(key, delta), get: async () => add(key, 0) }),
    lock: async (key, { leaseMs = LEASE_MS, wait = true } = {}) => {
      const { token, holder } = (await ask({ do: 'acquire', key, leaseMs, wait })) as {
        token: number;
        holder: string;
      };
      return {
        token,
        renew: async () => void (await ask({ do: 'renew', key, holder, leaseMs })),
        release: async () => void (await ask({ do: 'release', key, holder })),
      };
    },
  };
}

/** Without what is undefined, which would arrive as null. */
function given({ expected, fence }: WriteOptions): WriteOptions {
  return {
    ...(expected === undefined ? {} : { expected }),
    ...(fence === undefined ? {} : { fence }),
  };
}

function encoded(value: unknown): Uint8Array {
  if (value !== undefined) return encodeValue(value);
  throw new GridError('input-invalid', 'undefined is no value to share; null is.');
}
