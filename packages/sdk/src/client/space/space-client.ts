import {
  decodeValue,
  encodeValue,
  GridError,
  hex,
  LIMITS,
  type SpaceEntry,
  type SpaceOperation,
} from '@manytabs/protocol';
import { randomBytes } from '../../identity/crypto.ts';
import type { Connection } from '../connection.ts';
import type { CounterHandle, GridSpace, Lease, LeaseOptions, SpaceValue } from './api.ts';
import { HeldLease } from './held-lease.ts';
import { Newest } from './newest.ts';

const LEASE_MS_DEFAULT = 10_000;
const LIST_PAGE = 200;

/** The submitter's side of a space. */
export class SpaceClient implements GridSpace {
  readonly #connection: Connection;
  readonly #client = drawNonce();
  /** The newest addition to each counter. */
  readonly #lines = new Map<string, Promise<unknown>>();
  #additions = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(key: string): Promise<SpaceValue | undefined> {
    const entry = (await this.#ask({ do: 'get', key })) as SpaceEntry | null;
    return entry ? openEntry(entry) : undefined;
  }

  async put(
    key: string,
    value: unknown,
    options: { expected?: number | undefined; fence?: number | undefined } = {},
  ): Promise<number> {
    const bytes = encodeValue(value);
    if (bytes.length > LIMITS.SPACE_VALUE_BYTES_MAX)
      throw new GridError('input-invalid', `The value of ${key} is over 48 KiB; put a file.`);
    const { expected, fence } = options;
    const operation = { do: 'put', key, value: bytes, nonce: drawNonce() } as const;
    return (await this.#ask({ ...operation, ...said({ expected, fence }) })) as number;
  }

  async delete(key: string, { expected }: { expected?: number | undefined } = {}) {
    return (await this.#ask({ do: 'delete', key, ...said({ expected }) })) as boolean;
  }

  async *list(prefix = ''): AsyncIterable<SpaceValue> {
    for (let after = ''; ; ) {
      const page = { do: 'list', prefix, after, limit: LIST_PAGE } as const;
      const entries = (await this.#ask(page)) as SpaceEntry[];
      yield* entries.map(openEntry);
      const last = entries.at(-1);
      if (!last) return;
      after = last.key;
    }
  }

  async *watch(prefix: string, { signal }: { signal?: AbortSignal | undefined } = {}) {
    const newest = new Newest<readonly SpaceEntry[]>(signal);
    const stop = this.#connection.watchSpace(prefix, {
      onMessage: (message) => {
        if (message.type === 'space-changes') newest.put(message.entries);
      },
      onRefused: (reason) => newest.fail(reason),
    });
    try {
      for await (const entries of newest) yield entries.map(openEntry);
    } finally {
      stop();
    }
  }

  lock(name: string, options: LeaseOptions = {}): Promise<Lease> {
    return this.semaphore(name, 1, options);
  }

  async semaphore(name: string, permits: number, options: LeaseOptions = {}): Promise<Lease> {
    const { leaseMs = LEASE_MS_DEFAULT, wait = true, signal } = options;
    const holder = drawNonce();
    const release = () => this.#ask({ do: 'release', key: name, holder });
    const acquire = { do: 'acquire', key: name, holder, permits, leaseMs, wait } as const;
    for (;;) {
      const askedAt = performance.now();
      const { token } = (await this.#waitFor(acquire, release, signal)) as { token: number };
      const renew = () => this.#ask({ do: 'renew', key: name, holder, leaseMs });
      // Granted while it waited: the lease began at some moment since, and the first renewal tells when.
      const waited = performance.now() - askedAt > leaseMs / 2;
      const from = waited ? performance.now() : askedAt;
      if (waited && !(await renew().then(yes, no))) continue;
      return new HeldLease({ name, token, leaseMs, renew, release }, from);
    }
  }

  async barrier(
    name: string,
    parties: number,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<number> {
    const member = drawNonce();
    const leave = () => this.#ask({ do: 'leave', key: name, member });
    return (await this.#waitFor(
      { do: 'arrive', key: name, member, parties },
      leave,
      signal,
    )) as number;
  }

  counter(name: string): CounterHandle {
    const add = (delta: number) =>
      this.#ask({
        do: 'add',
        key: name,
        delta,
        client: this.#client,
        sequence: this.#additions++,
      }) as Promise<number>;
    return { add: (delta = 1) => this.#inLine(name, () => add(delta)), get: () => add(0) };
  }

  /** One addition at a time, so that a repeated one is always this client's newest. */
  #inLine(name: string, add: () => Promise<number>): Promise<number> {
    const sum = (this.#lines.get(name) ?? Promise.resolve()).then(add);
    const settled = sum.catch(() => {});
    this.#lines.set(name, settled);
    void settled.then(() => {
      if (this.#lines.get(name) === settled) this.#lines.delete(name);
    });
    return sum;
  }

  #ask(operation: SpaceOperation): Promise<unknown> {
    return this.#connection.request({ type: 'space', operation });
  }

  /** Who gives up tells the grid, so that it waits for nobody who is gone. */
  async #waitFor(
    operation: SpaceOperation,
    giveUp: () => Promise<unknown>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const answer = this.#ask(operation);
    if (!signal) return answer;
    return new Promise((resolve, reject) => {
      const abort = () => {
        giveUp().catch(() => {});
        reject(new GridError('aborted', 'The waiting was given up.'));
      };
      signal.addEventListener('abort', abort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }
}

const yes = () => true;
const no = () => false;

function openEntry({ key, version, value }: SpaceEntry): SpaceValue {
  return { key, version, value: decodeValue(value) };
}

function drawNonce(): string {
  return hex(randomBytes(12));
}

function said<Part extends Record<string, number | undefined>>(part: Part) {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}
