import {
  decodeValue,
  encodeValue,
  GridError,
  type KeyValue,
  toGridError,
  type Versioned,
} from '@manytabs/protocol';

/** What becomes of a key: a new value, nothing (`undefined`), or no write at all, and what is answered then. */
export type Decision<Value, Answer> =
  | { readonly write: Value | undefined; readonly answer: (version: number) => Answer }
  | { readonly keep: true; readonly answer: Answer };

export interface Stored<Value> {
  readonly value: Value;
  readonly version: number;
}

/** Other servers may write the same key between our reading and our writing, but not for ever. */
const ATTEMPTS_MAX = 200;

/** The part of a key-value store that belongs to one owner, with each key changed by one request at a time. */
export class SpaceStore {
  readonly #store: KeyValue;
  readonly #prefix: string;
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(store: KeyValue, owner: string) {
    this.#store = store;
    this.#prefix = `space/${encodeURIComponent(owner)}/`;
  }

  async read<Value>(key: string): Promise<Stored<Value> | undefined> {
    const found = await this.#store.get(this.#prefix + key);
    return found && stored<Value>(found);
  }

  /**
   * Reads, decides and writes as one step: what was decided on is what is replaced.
   * @throws {GridError} what `decide` throws; `version-conflict` where others write the key all the time
   */
  update<Value, Answer>(
    key: string,
    decide: (current: Stored<Value> | undefined) => Decision<Value, Answer>,
  ): Promise<Answer> {
    const before = this.#lines.get(key) ?? Promise.resolve();
    const now = before.then(() => this.#update(this.#prefix + key, decide));
    const settled = now.catch(() => {});
    this.#lines.set(key, settled);
    void settled.then(() => {
      if (this.#lines.get(key) === settled) this.#lines.delete(key);
    });
    return now;
  }

  /** Keys of a prefix, without it, in order. */
  async list<Value>(
    prefix: string,
    options: { readonly after: string; readonly limit: number },
  ): Promise<readonly (Stored<Value> & { readonly key: string })[]> {
    const from = this.#prefix + prefix;
    const after = options.after === '' ? undefined : this.#prefix + options.after;
    const page = await this.#store.list(from, { after, limit: options.limit });
    return page.map((entry) => ({
      key: entry.key.slice(this.#prefix.length),
      ...stored<Value>(entry),
    }));
  }

  /** Tells keys that changed; undefined means that any may have. */
  watch(prefix: string, listener: (key: string | undefined) => void): Promise<() => void> {
    return this.#store.watch(this.#prefix + prefix, (change) =>
      listener(change?.key.slice(this.#prefix.length)),
    );
  }

  async #update<Value, Answer>(
    key: string,
    decide: (current: Stored<Value> | undefined) => Decision<Value, Answer>,
  ): Promise<Answer> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const found = await this.#store.get(key);
      const decision = decide(found && stored<Value>(found));
      if ('keep' in decision) return decision.answer;
      const version = await this.#tryWrite(key, decision.write, found?.version ?? 0);
      if (version !== undefined) return decision.answer(version);
    }
    throw new GridError('version-conflict', 'Others write this key all the time.');
  }

  /** The new version, 0 for a deletion; undefined where somebody was faster. */
  async #tryWrite(key: string, value: unknown, expected: number): Promise<number | undefined> {
    try {
      if (value !== undefined) return await this.#store.put(key, encodeValue(value), { expected });
      await this.#store.delete(key, expected);
      return 0;
    } catch (thrown) {
      if (toGridError(thrown, 'storage-failed').code === 'version-conflict') return undefined;
      throw thrown;
    }
  }
}

function stored<Value>({ value, version }: Versioned): Stored<Value> {
  return { value: decodeValue(value) as Value, version };
}
