import { encodeValue, hex, type JobSpec, LIMITS } from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';
import type { TaskResult } from './api.ts';
import type { GridSpace } from './space/api.ts';

type Fulfilled = Extract<TaskResult<unknown>, { status: 'fulfilled' }>;

/** What is remembered of a result: all of it but its place. */
type Remembered = Pick<Fulfilled, 'value' | 'confidence' | 'trust'>;

/** An entry's key and frame, beside the value. */
const OVERHEAD_BYTES = 1_024;
const ENTRIES_MAX = 100_000;
const WRITES_MAX = 16;

/**
 * Results of earlier jobs of the same program, arguments, files and trust, by the key of their input, in the space that
 * the submitters of an owner share. It only ever spares work: what cannot be read or written is computed again.
 */
export class Memo {
  readonly #space: GridSpace;
  readonly #prefix: string;
  readonly #writes = new Set<Promise<unknown>>();
  #known: Promise<ReadonlyMap<string, Remembered>> | undefined;

  constructor(space: GridSpace, spec: JobSpec) {
    const { name: _, purpose: __, priority: ___, view: ____, ...content } = spec;
    this.#space = space;
    this.#prefix = `memo/${digestOf(content)}/`;
  }

  async find(key: string): Promise<Remembered | undefined> {
    this.#known ??= this.#readAll();
    return (await this.#known).get(digestOf(key));
  }

  /** Resolves once there is room for another write. */
  async keep(key: string, { value, confidence, trust }: Fulfilled): Promise<void> {
    const entry: Remembered = { value, confidence, trust };
    if (encodeValue(entry).length > LIMITS.SPACE_VALUE_BYTES_MAX - OVERHEAD_BYTES) return;
    const write = this.#space.put(this.#prefix + digestOf(key), entry).catch(() => undefined);
    const tracked = write.finally(() => this.#writes.delete(tracked));
    this.#writes.add(tracked);
    while (this.#writes.size >= WRITES_MAX) await Promise.race(this.#writes);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writes);
  }

  async #readAll(): Promise<ReadonlyMap<string, Remembered>> {
    const known = new Map<string, Remembered>();
    try {
      for await (const { key, value } of this.#space.list(this.#prefix)) {
        if (isRemembered(value)) known.set(key.slice(this.#prefix.length), value);
        if (known.size >= ENTRIES_MAX) break;
      }
    } catch {
      // A grid that keeps no shared values remembers nothing.
    }
    return known;
  }
}

const DIGEST_CHARS = 40;

function digestOf(value: unknown): string {
  return hex(sha256(encodeValue(value))).slice(0, DIGEST_CHARS);
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { confidence, trust } = value as Partial<Remembered>;
  return 'value' in value && typeof confidence === 'number' && typeof trust === 'object';
}
