import {
  decodeValue,
  ERROR_CODES,
  type ErrorCode,
  encodeValue,
  GridError,
  type KeyValue,
  type PeerId,
  type SiteUse,
  type Timers,
  z,
} from '@manytabs/protocol';
import { systemTimers } from '../system-timers.ts';
import { idOfToken } from './token-text.ts';
import type { Tokens } from './tokens.ts';

const PREFIX = 'site-use/';
const FLUSH_MS = 5_000;
/** Visits that are remembered, so that one which connects again counts once. */
const VISITS_MAX = 20_000;
const TRIES = 5;

const count = z.number().check(z.nonnegative());
const useSchema = z.object({
  shown: count,
  allowed: count,
  failed: count,
  busyMs: count,
  refused: z.record(z.string(), count),
  lastAt: count,
});

const NONE: SiteUse = {
  shown: 0,
  allowed: 0,
  failed: 0,
  busyMs: 0,
  refused: {},
  lastAt: 0,
};

export interface SiteLedgerOptions {
  readonly store: KeyValue;
  readonly tokens: Pick<Tokens, 'isSiteKey'>;
  readonly clock: () => number;
  readonly timers?: Timers | undefined;
}

type Part = Partial<Omit<SiteUse, 'lastAt'>>;

/**
 * What came of each site key. What happened lately is in memory and added to the store every few seconds, where the
 * counts of all servers meet; a coordinator that is killed forgets these seconds.
 */
export class SiteLedger {
  readonly #options: SiteLedgerOptions;
  readonly #timers: Timers;
  readonly #fresh = new Map<string, SiteUse>();
  readonly #visits = new Set<PeerId>();
  #isPlanned = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SiteLedgerOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  onShown(key: string): void {
    this.#add(key, { shown: 1 });
  }

  onAllowed(key: string, visit: PeerId): void {
    if (this.#visits.has(visit)) return;
    this.#visits.add(visit);
    const [oldest] = this.#visits;
    if (this.#visits.size > VISITS_MAX && oldest !== undefined) this.#visits.delete(oldest);
    this.#add(key, { allowed: 1 });
  }

  onWorked(key: string, work: Pick<SiteUse, 'failed' | 'busyMs'>): void {
    this.#add(key, work);
  }

  /** `text` is the whole key, as a page gave it: what was never a key of a site is nobody's account. */
  onRefused(text: string, code: ErrorCode): void {
    const key = idOfToken(text);
    if (key === undefined || !this.#options.tokens.isSiteKey(key)) return;
    this.#add(key, { refused: { [code]: 1 } });
  }

  /** By key. @throws {GridError} `storage-failed` */
  async read(): Promise<ReadonlyMap<string, SiteUse>> {
    const uses = new Map<string, SiteUse>();
    for (let after = ''; ; ) {
      const entries = await this.#options.store.list(PREFIX, { after });
      for (const { key, value } of entries) uses.set(key.slice(PREFIX.length), decodeUse(value));
      const last = entries.at(-1);
      if (!last) break;
      after = last.key;
    }
    for (const [key, use] of this.#fresh) uses.set(key, sum(uses.get(key) ?? NONE, use));
    return uses;
  }

  /** Resolves once what was counted so far is in the store, or could not be brought there. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const fresh = [...this.#fresh];
      this.#fresh.clear();
      for (const [key, use] of fresh) await this.#write(key, use);
    });
    return this.#writing;
  }

  #add(key: string, part: Part): void {
    const lastAt = this.#options.clock();
    this.#fresh.set(key, sum(this.#fresh.get(key) ?? NONE, { ...NONE, ...part, lastAt }));
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#timers.after(FLUSH_MS, () => {
      this.#isPlanned = false;
      void this.flush();
    });
  }

  /** Other servers add to the same: who comes second reads again. What cannot be written is counted later. */
  async #write(key: string, use: SiteUse): Promise<void> {
    const { store } = this.#options;
    try {
      for (let left = TRIES; ; left--) {
        const entry = await store.get(PREFIX + key);
        const total = sum(entry ? decodeUse(entry.value) : NONE, use);
        const expected = entry?.version ?? 0;
        const isIn = await store.put(PREFIX + key, encodeValue(total), { expected }).then(
          () => true,
          (thrown) => (left === 0 || isConflict(thrown) === false ? Promise.reject(thrown) : false),
        );
        if (isIn) return;
      }
    } catch {
      this.#fresh.set(key, sum(this.#fresh.get(key) ?? NONE, use));
    }
  }
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof GridError && thrown.code === 'version-conflict';
}

function sum(a: SiteUse, b: SiteUse): SiteUse {
  const codes = ERROR_CODES.filter((code) => a.refused[code] || b.refused[code]);
  const refused = codes.map((code) => [code, (a.refused[code] ?? 0) + (b.refused[code] ?? 0)]);
  return {
    shown: a.shown + b.shown,
    allowed: a.allowed + b.allowed,
    failed: a.failed + b.failed,
    busyMs: a.busyMs + b.busyMs,
    refused: Object.fromEntries(refused),
    lastAt: Math.max(a.lastAt, b.lastAt),
  };
}

function decodeUse(bytes: Uint8Array): SiteUse {
  try {
    const parsed = useSchema.safeParse(decodeValue(bytes));
    return parsed.success ? parsed.data : NONE;
  } catch {
    return NONE;
  }
}
