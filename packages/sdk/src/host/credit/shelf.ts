import { encodeValue, GridError, type KeyValue, toGridError, type z } from '@manytabs/protocol';
import { decoded, type Kind, keyOf, prefixOf } from './records.ts';

const ATTEMPTS_MAX = 20;
const PAGE = 1_000;

/** Records of donors in the store, which other servers of the grid write too: every change is made to what is there. */
export class Shelf {
  readonly #store: KeyValue;

  constructor(store: KeyValue) {
    this.#store = store;
  }

  async get<T>(kind: Kind, id: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    return decoded(schema, (await this.#store.get(keyOf(kind, id)))?.value);
  }

  /** Undefined from `change` removes the record. @throws {GridError} `version-conflict`, `storage-failed` */
  async change<T>(
    kind: Kind,
    id: string,
    schema: z.ZodMiniType<T>,
    change: (before: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    const key = keyOf(kind, id);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const there = await this.#store.get(key);
      const after = change(decoded(schema, there?.value));
      try {
        const expected = there?.version ?? 0;
        if (after !== undefined) await this.#store.put(key, encodeValue(after), { expected });
        else if (there) await this.#store.delete(key, expected);
        return after;
      } catch (thrown) {
        if (toGridError(thrown, 'storage-failed').code !== 'version-conflict') throw thrown;
      }
    }
    throw new GridError('version-conflict', 'Others change the same all the time.');
  }

  async *all<T>(kind: Kind, schema: z.ZodMiniType<T>): AsyncGenerator<readonly [string, T]> {
    const prefix = prefixOf(kind);
    for (let after: string | undefined; ; ) {
      const entries = await this.#store.list(prefix, { after, limit: PAGE });
      for (const { key, value } of entries) {
        const record = decoded(schema, value);
        if (record !== undefined) yield [key.slice(prefix.length), record];
      }
      if (entries.length < PAGE) return;
      after = entries.at(-1)?.key;
    }
  }
}
