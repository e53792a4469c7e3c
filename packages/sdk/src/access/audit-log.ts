import {
  decodeValue,
  encodeValue,
  GridError,
  hex,
  type KeyValue,
  sameBytes,
  z,
} from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';

/** One thing that somebody did to the grid. Each entry holds the hash of the one before it. */
const entrySchema = z.object({
  number: z.int().check(z.nonnegative()),
  /** ms since the epoch. */
  at: z.number(),
  /** Who: a token's id, `owner`, `grid`. */
  actor: z.string(),
  action: z.string(),
  /** What it was done to. */
  subject: z.string(),
  note: z.string(),
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof entrySchema>;

export type AuditAction =
  | 'grid-started'
  | 'grid-stopped'
  | 'token-created'
  | 'token-revoked'
  | 'job-submitted'
  | 'job-cancelled'
  | 'job-paused'
  | 'job-resumed'
  | 'volunteer-quarantined'
  | 'volunteer-appealed'
  | 'peer-shut-out';

export interface AuditFact {
  readonly actor: string;
  readonly action: AuditAction;
  readonly subject: string;
  readonly note?: string | undefined;
}

export const AUDIT_START = '0'.repeat(64);
const PREFIX = 'audit/entry/';
const HEAD = 'audit/head';
const PAGE = 200;
const TEXT_CHARS_MAX = 300;
/** Another coordinator of the same store may write the same number first. */
const ATTEMPTS_MAX = 50;

/**
 * What was done to a grid, in order, each entry chained to the one before by its hash, so that none can be changed,
 * dropped or put in between without all after it changing.
 */
export class AuditLog {
  readonly #store: KeyValue;
  readonly #clock: () => number;
  #line: Promise<unknown> = Promise.resolve();
  #head: { number: number; hash: string } | undefined;

  constructor(store: KeyValue, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Durable once it resolves. @throws {GridError} `storage-failed`, `storage-full` */
  append(fact: AuditFact): Promise<AuditEntry> {
    const appended = this.#line.then(() => this.#append(fact));
    this.#line = appended.catch(() => {});
    return appended;
  }

  /** Entries from number `from` on; none at the end. @throws {GridError} `storage-failed` */
  async read(from: number): Promise<AuditEntry[]> {
    const after = from === 0 ? '' : keyOf(from - 1);
    const entries = await this.#store.list(PREFIX, { after, limit: PAGE });
    return entries.flatMap(({ value }) => decodeEntry(value) ?? []);
  }

  async #append(fact: AuditFact): Promise<AuditEntry> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const head = this.#head ?? (await this.#findHead());
      const entry = chain(head, { ...fact, at: this.#clock() });
      if (await this.#put(entry)) {
        this.#head = entry;
        return entry;
      }
      this.#head = undefined;
    }
    throw new GridError('storage-failed', 'The audit log is written to by too many at once.');
  }

  async #put(entry: AuditEntry): Promise<boolean> {
    try {
      await this.#store.put(keyOf(entry.number), encodeValue(entry), { expected: 0 });
      await this.#noteHead(entry.number);
      return true;
    } catch (thrown) {
      if (thrown instanceof GridError && thrown.code === 'version-conflict') return false;
      throw thrown;
    }
  }

  /** Only a hint of where to look for the end, so who loses a race for it has lost nothing. */
  async #noteHead(number: number): Promise<void> {
    const known = await this.#store.get(HEAD);
    const bytes = encodeValue(number);
    if (known && sameBytes(known.value, bytes)) return;
    await this.#store.put(HEAD, bytes, { expected: known?.version ?? 0 }).catch(() => {});
  }

  async #findHead(): Promise<{ number: number; hash: string }> {
    const hint = await this.#store.get(HEAD);
    const number = hint ? decodeValue(hint.value) : 0;
    let head = { number: -1, hash: AUDIT_START };
    let from =
      typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0;
    for (;;) {
      const entries = await this.read(from);
      const last = entries.at(-1);
      if (last) head = last;
      else if (from > 0 && head.number < 0) head = { number: -1, hash: AUDIT_START };
      if (!last) return head;
      from = last.number + 1;
    }
  }
}

/** What is wrong with a chain, from its first entry to its last; undefined for one that is whole. */
export class ChainCheck {
  #previous = AUDIT_START;
  #number = 0;

  /** @returns why the entry does not follow the one before */
  take(entry: AuditEntry): string | undefined {
    const { hash, ...body } = entry;
    const wrong =
      entry.number !== this.#number
        ? `entry ${this.#number} is missing`
        : entry.previous !== this.#previous
          ? `entry ${entry.number} does not follow the one before it`
          : hashOf(body) !== hash
            ? `entry ${entry.number} was changed`
            : undefined;
    this.#number = entry.number + 1;
    this.#previous = hash;
    return wrong;
  }

  /** The hash of the newest entry: kept elsewhere, it shows later that nothing up to here was changed. */
  get head(): string {
    return this.#previous;
  }

  get count(): number {
    return this.#number;
  }
}

function chain(
  head: { number: number; hash: string },
  fact: AuditFact & { at: number },
): AuditEntry {
  const body = {
    number: head.number + 1,
    at: fact.at,
    actor: fact.actor.slice(0, TEXT_CHARS_MAX),
    action: fact.action,
    subject: fact.subject.slice(0, TEXT_CHARS_MAX),
    note: (fact.note ?? '').slice(0, TEXT_CHARS_MAX),
    previous: head.hash,
  };
  return { ...body, hash: hashOf(body) };
}

/** Over the canonical bytes: equal entries are equal hashes. */
function hashOf(body: Omit<AuditEntry, 'hash'>): string {
  return hex(sha256(encodeValue(body)));
}

function keyOf(number: number): string {
  return PREFIX + String(number).padStart(12, '0');
}

function decodeEntry(bytes: Uint8Array): AuditEntry | undefined {
  try {
    const parsed = entrySchema.safeParse(decodeValue(bytes));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
