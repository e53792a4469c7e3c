import {
  acquire,
  add,
  arrive,
  type Barrier,
  type Counter,
  type LeaseSet,
  leave,
  mayGo,
  NEW_COUNTER,
  newBarrier,
  release,
  renew,
  seenOf,
} from '@manytabs/kernel';
import {
  GridError,
  type KeyValue,
  LIMITS,
  type SpaceEntry,
  type SpaceOperation,
} from '@manytabs/protocol';
import { type Decision, SpaceStore, type Stored } from './space-store.ts';
import { Bell } from './waiting.ts';

type Operation<Do extends SpaceOperation['do']> = Extract<SpaceOperation, { do: Do }>;

/** A value as it is kept: who wrote it, and the highest fencing token it was written under. */
interface Kept {
  readonly value: Uint8Array;
  readonly nonce: string;
  readonly fence: number;
}

const BY_KIND = { value: 'k/', lease: 'l/', barrier: 'b/', counter: 'c/' } as const;
type Kind = keyof typeof BY_KIND;

const PAGE_KEYS = 1_000;

/**
 * What one owner's submitters and tasks share. Linearizable: each operation is one compare-and-set in a store that is,
 * so it does not matter which server carries it out.
 */
export class Space {
  readonly #store: SpaceStore;
  readonly #clock: () => number;

  constructor(store: KeyValue, owner: string, clock: () => number) {
    this.#store = new SpaceStore(store, owner);
    this.#clock = clock;
  }

  /**
   * Waits where it must; `signal` ends the waiting.
   * @throws {GridError} `version-conflict`, `lock-held`, `lock-lost`, `input-invalid`, `aborted`, `storage-…`
   */
  perform(operation: SpaceOperation, signal: AbortSignal): Promise<unknown> {
    switch (operation.do) {
      case 'get':
        return this.#get(operation.key);
      case 'put':
        return this.#put(operation);
      case 'delete':
        return this.#delete(operation);
      case 'list':
        return this.#list(operation);
      case 'acquire':
        return this.#acquire(operation, signal);
      case 'renew':
        return this.#renew(operation);
      case 'release':
        return this.#release(operation);
      case 'arrive':
        return this.#arrive(operation, signal);
      case 'leave':
        return this.#leave(operation);
      case 'add':
        return this.#add(operation);
    }
  }

  /**
   * Everything under a prefix, whenever something of it changed.
   * @throws {GridError} `quota-exceeded` where that is more than a page
   */
  async watch(
    prefix: string,
    tell: (entries: readonly SpaceEntry[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const bell = new Bell();
    const stop = await this.#store.watch(nameOf('value', prefix), () => bell.ring());
    try {
      while (!signal.aborted) {
        bell.reset();
        tell(await this.#all(prefix));
        await bell.next(Number.POSITIVE_INFINITY, signal);
      }
    } finally {
      stop();
    }
  }

  async #all(prefix: string): Promise<readonly SpaceEntry[]> {
    const entries = await this.#list({ do: 'list', prefix, after: '', limit: PAGE_KEYS });
    const last = entries.at(-1);
    if (!last) return [];
    const more = await this.#list({ do: 'list', prefix, after: last.key, limit: 1 });
    if (more.length === 0) return entries;
    throw new GridError('quota-exceeded', `Too much is under "${prefix}" to be watched.`);
  }

  async #get(key: string): Promise<SpaceEntry | null> {
    const found = await this.#store.read<Kept>(nameOf('value', key));
    return found ? { key, version: found.version, value: found.value.value } : null;
  }

  #put({ key, value, expected, nonce, fence = 0 }: Operation<'put'>): Promise<number> {
    return this.#store.update<Kept, number>(nameOf('value', key), (current) => {
      if (current?.value.nonce === nonce) return { keep: true, answer: current.version };
      expectVersion(key, current, expected);
      const newest = current?.value.fence ?? 0;
      if (fence !== 0 && fence < newest)
        throw new GridError('lock-lost', `${key} was written under a newer lock.`);
      const kept = { value, nonce, fence: Math.max(fence, newest) };
      return { write: kept, answer: (version) => version };
    });
  }

  /** Whether there was something to delete. */
  #delete({ key, expected }: Operation<'delete'>): Promise<boolean> {
    return this.#store.update<Kept, boolean>(nameOf('value', key), (current) => {
      if (!current) return { keep: true, answer: false };
      expectVersion(key, current, expected);
      return { write: undefined, answer: () => true };
    });
  }

  async #list({ prefix, after, limit }: Operation<'list'>): Promise<readonly SpaceEntry[]> {
    const from = after === '' ? '' : nameOf('value', after);
    const page = await this.#store.list<Kept>(nameOf('value', prefix), { after: from, limit });
    return firstBytes(page, LIMITS.SPACE_PAGE_BYTES).map(({ key, version, value }) => ({
      key: decodeURIComponent(key.slice(BY_KIND.value.length)),
      version,
      value: value.value,
    }));
  }

  /** The fencing token: higher than that of every lease on this key before it. */
  #acquire(operation: Operation<'acquire'>, signal: AbortSignal): Promise<{ token: number }> {
    const { key, permits, holder, leaseMs, wait } = operation;
    return this.#until(nameOf('lease', key), signal, (name) =>
      this.#store.update<LeaseSet, Outcome<{ token: number }>>(name, (current) => {
        const set = current?.value ?? { permits, holders: [] };
        if (set.permits !== permits)
          throw new GridError(
            'input-invalid',
            `${key} has ${set.permits} permits, not ${permits}.`,
          );
        const granting = acquire(set, { holder, leaseMs, at: this.#clock() });
        if (granting.type !== 'full')
          return { write: granting.set, answer: (version) => ({ done: { token: version } }) };
        if (!wait) throw new GridError('lock-held', `${key} is held by others.`);
        return { keep: true, answer: { waitMs: granting.retryAt - this.#clock() } };
      }),
    );
  }

  #renew({ key, holder, leaseMs }: Operation<'renew'>): Promise<null> {
    return this.#store.update<LeaseSet, null>(nameOf('lease', key), (current) => {
      const claim = { holder, leaseMs, at: this.#clock() };
      const set = current && renew(current.value, claim);
      if (!set) throw new GridError('lock-lost', `The lease on ${key} has ended.`);
      return { write: set, answer: () => null };
    });
  }

  #release({ key, holder }: Operation<'release'>): Promise<null> {
    return this.#store.update<LeaseSet, null>(nameOf('lease', key), (current) => {
      if (!current) return { keep: true, answer: null };
      const set = release(current.value, holder, this.#clock());
      // The key goes with its last holder; versions of the store grow all the same.
      return { write: set.holders.length > 0 ? set : undefined, answer: () => null };
    });
  }

  async #arrive(operation: Operation<'arrive'>, signal: AbortSignal): Promise<number> {
    const { key, member, parties } = operation;
    try {
      return await this.#until(nameOf('barrier', key), signal, (name) =>
        this.#store.update<Barrier, Outcome<number>>(name, (current) => {
          const barrier = current?.value ?? newBarrier(parties);
          if (barrier.parties !== parties)
            throw new GridError('input-invalid', `${key} is a barrier for ${barrier.parties}.`);
          return arrival(barrier, member);
        }),
      );
    } catch (thrown) {
      await this.#leave({ do: 'leave', key, member });
      throw thrown;
    }
  }

  #leave({ key, member }: Operation<'leave'>): Promise<null> {
    return this.#store.update<Barrier, null>(nameOf('barrier', key), (current) => {
      if (!current?.value.arrived.includes(member)) return { keep: true, answer: null };
      return { write: leave(current.value, member), answer: () => null };
    });
  }

  /** What this addition made of the counter. */
  #add({ key, delta, client, sequence }: Operation<'add'>): Promise<number> {
    return this.#store.update<Counter, number>(nameOf('counter', key), (current) => {
      const counter = current?.value ?? NEW_COUNTER;
      if (delta === 0) return { keep: true, answer: counter.value };
      const seen = seenOf(counter, client, sequence);
      if (seen) return { keep: true, answer: seen.value };
      const next = add(counter, { client, sequence, delta });
      if (!next) throw new GridError('input-invalid', `${key} would leave the exact numbers.`);
      return { write: next, answer: () => next.value };
    });
  }

  /** Attempts at every change of the key, and when the attempt said so, until it is done. */
  async #until<Answer>(
    name: string,
    signal: AbortSignal,
    attempt: (name: string) => Promise<Outcome<Answer>>,
  ): Promise<Answer> {
    const first = await attempt(name);
    if ('done' in first) return first.done;
    const bell = new Bell();
    const stop = await this.#store.watch(name, () => bell.ring());
    try {
      for (;;) {
        bell.reset();
        const outcome = await attempt(name);
        if ('done' in outcome) return outcome.done;
        await bell.next(outcome.waitMs, signal);
      }
    } finally {
      stop();
    }
  }
}

type Outcome<Answer> = { readonly done: Answer } | { readonly waitMs: number };

/** Missed news of a barrier cost a member at most this. */
const BARRIER_LOOK_MS = 30_000;

function arrival(barrier: Barrier, member: string): Decision<Barrier, Outcome<number>> {
  const next = arrive(barrier, member);
  const outcome = (): Outcome<number> =>
    mayGo(next, member) ? { done: next.generation } : { waitMs: BARRIER_LOOK_MS };
  return next === barrier ? { keep: true, answer: outcome() } : { write: next, answer: outcome };
}

function expectVersion(
  key: string,
  current: Stored<unknown> | undefined,
  expected: number | undefined,
): void {
  const version = current?.version ?? 0;
  if (expected !== undefined && expected !== version)
    throw new GridError('version-conflict', `${key} has version ${version}, not ${expected}.`);
}

/** What the store's own keys leave. */
const NAME_CHARS_MAX = 400;

/** Any text as a key of printable characters, in an order of prefixes. */
function nameOf(kind: Kind, key: string): string {
  const name = BY_KIND[kind] + spelt(key);
  if (name.length <= NAME_CHARS_MAX) return name;
  throw new GridError('input-invalid', 'The key is too long, its special characters spelt out.');
}

function spelt(key: string): string {
  try {
    return encodeURIComponent(key);
  } catch (cause) {
    throw new GridError('input-invalid', 'The key is no text: half a character.', { cause });
  }
}

/** As many as fit, but at least one. */
function firstBytes<Entry extends Stored<Kept>>(
  entries: readonly Entry[],
  bytesMax: number,
): readonly Entry[] {
  let bytes = 0;
  const end = entries.findIndex(({ value }, i) => {
    bytes += value.value.length + 200;
    return i > 0 && bytes > bytesMax;
  });
  return end < 0 ? entries : entries.slice(0, end);
}
