import {
  GridError,
  type KeyValue,
  LIMITS,
  type Quota,
  type Scope,
  type TokenView,
} from '@manytabs/protocol';
import type { Grant } from './grant.ts';
import { decodeRecord, encodeRecord, stateOf, type TokenRecord, viewOf } from './token-record.ts';
import { hashToken, idOfToken, isSame } from './token-text.ts';

const PREFIX = 'token/';
/** The longest a timer of JavaScript waits. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface TokenOrder {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly scope: Scope;
  readonly name: string;
  readonly origins: readonly string[];
  readonly trusted: boolean;
  readonly quota: Quota;
  readonly expiresAt?: number | undefined;
}

export interface TokensOptions {
  readonly store: KeyValue;
  readonly clock: () => number;
  /** The owner's own token, which nobody can revoke. */
  readonly ownerToken: string;
}

/**
 * The capability tokens of a grid. All are in memory, so that a check never waits, and in the store, from which what
 * other coordinators change is heard. Only hashes are kept.
 */
export class Tokens {
  readonly #options: TokensOptions;
  readonly #ownerHash: Uint8Array;
  readonly #known = new Map<string, { readonly record: TokenRecord; readonly version: number }>();
  readonly #endListeners = new Set<(id: string, reason: GridError) => void>();
  readonly #told = new Set<string>();
  #unwatch: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @throws {GridError} `storage-failed` */
  static async open(options: TokensOptions): Promise<Tokens> {
    const tokens = new Tokens(options);
    tokens.#unwatch = await options.store.watch(PREFIX, (change) => {
      const reading = change ? tokens.#read(change.key.slice(PREFIX.length)) : tokens.#readAll();
      // Whoever could not read now is told of the next change; a token is never made valid by that.
      reading.catch(() => {});
    });
    await tokens.#readAll();
    return tokens;
  }

  private constructor(options: TokensOptions) {
    this.#options = options;
    this.#ownerHash = hashToken(options.ownerToken);
  }

  /** @throws {GridError} `token-missing`, `token-refused`, `token-expired`, `token-revoked` */
  check(token: string): Grant {
    if (token === '') throw new GridError('token-missing', 'This grid wants a token.');
    const hash = hashToken(token);
    if (isSame(hash, this.#ownerHash)) return { scope: 'admin', owner: 'owner' };
    const record = this.#known.get(idOfToken(token) ?? '')?.record;
    if (!record || !isSame(hash, record.hash)) {
      throw new GridError('token-refused', 'This grid does not know this token.');
    }
    const over = this.#over(record);
    if (over) throw over;
    const { id, scope, origins, trusted, quota } = record;
    return { scope, owner: id, id, origins, trusted, quota };
  }

  /** Called when a token ends, by order or by time, wherever that was ordered. */
  onEnded(listener: (id: string, reason: GridError) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /**
   * Repeated with the same id and hash it changes nothing.
   * @throws {GridError} `input-invalid`, `quota-exceeded`, `storage-failed`
   */
  async create(order: TokenOrder): Promise<TokenView> {
    const known = this.#known.get(order.id)?.record;
    if (known && isSame(known.hash, order.hash)) return viewOf(known, this.#now());
    const record = this.#recordOf(order);
    if (this.#known.size >= LIMITS.TOKENS_MAX) await this.#forgetOne();
    await this.#write(record, 0);
    return viewOf(record, this.#now());
  }

  /** A key of a site that there is, or was until lately. */
  isSiteKey(id: string): boolean {
    return this.#known.get(id)?.record.scope === 'embed';
  }

  list(): TokenView[] {
    const now = this.#now();
    const views = [...this.#known.values()].map(({ record }) => viewOf(record, now));
    return views.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Resolves once its links are told; the token's jobs go on. @throws {GridError} `token-unknown`, `storage-failed` */
  async revoke(id: string): Promise<TokenView> {
    await this.#read(id);
    const known = this.#known.get(id);
    if (!known) throw new GridError('token-unknown', `There is no token ${id}.`);
    const record = { ...known.record, revokedAt: known.record.revokedAt ?? this.#now() };
    if (known.record.revokedAt === null) await this.#write(record, known.version);
    return viewOf(record, this.#now());
  }

  /** Sites that a valid token names: pages of theirs may call. */
  originsAllowed(): Set<string> {
    const valid = [...this.#known.values()].filter(({ record }) => !this.#over(record));
    return new Set(valid.flatMap(({ record }) => record.origins));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  #now(): number {
    return this.#options.clock();
  }

  #recordOf({ expiresAt, ...order }: TokenOrder): TokenRecord {
    const now = this.#now();
    if (expiresAt !== undefined && expiresAt <= now) {
      throw new GridError('input-invalid', 'The token would have expired already.');
    }
    if (order.scope === 'embed' && order.origins.length === 0) {
      throw new GridError('input-invalid', 'A site key names the site that may use it.');
    }
    const origins = order.origins.map(checkOrigin);
    return { ...order, origins, createdAt: now, expiresAt: expiresAt ?? null, revokedAt: null };
  }

  #over(record: TokenRecord): GridError | undefined {
    const state = stateOf(record, this.#now());
    if (state === 'revoked') return new GridError('token-revoked', 'This token was revoked.');
    if (state === 'expired') return new GridError('token-expired', 'This token has expired.');
    return undefined;
  }

  async #write(record: TokenRecord, expected: number): Promise<void> {
    const key = PREFIX + record.id;
    const version = await this.#options.store.put(key, encodeRecord(record), { expected });
    this.#take(record, version);
  }

  async #readAll(): Promise<void> {
    const { store } = this.#options;
    for (let after = ''; ; ) {
      const entries = await store.list(PREFIX, { after });
      for (const { key, value, version } of entries) {
        const record = decodeRecord(value);
        if (record && key === PREFIX + record.id) this.#know(record, version);
      }
      const last = entries.at(-1);
      if (!last) return this.#tellEnded();
      after = last.key;
    }
  }

  async #read(id: string): Promise<void> {
    const entry = await this.#options.store.get(PREFIX + id);
    const record = entry && decodeRecord(entry.value);
    if (entry && record?.id === id) this.#take(record, entry.version);
    else this.#known.delete(id);
  }

  #take(record: TokenRecord, version: number): void {
    this.#know(record, version);
    this.#tellEnded();
  }

  #know(record: TokenRecord, version: number): void {
    if ((this.#known.get(record.id)?.version ?? 0) > version) return;
    this.#known.set(record.id, { record, version });
  }

  /** Tells of each token once that it is over, and waits for the next that will be. */
  #tellEnded(): void {
    clearTimeout(this.#timer);
    let next = Number.POSITIVE_INFINITY;
    for (const { record } of this.#known.values()) {
      const reason = this.#over(record);
      if (reason && !this.#told.has(record.id)) this.#end(record.id, reason);
      if (!reason && record.expiresAt !== null) next = Math.min(next, record.expiresAt);
    }
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(TIMER_MS_MAX, Math.max(1, next - this.#now()));
    this.#timer = setTimeout(() => this.#tellEnded(), wait);
  }

  #end(id: string, reason: GridError): void {
    this.#told.add(id);
    for (const listener of this.#endListeners) listener(id, reason);
  }

  /** @throws {GridError} `quota-exceeded` where all are in use */
  async #forgetOne(): Promise<void> {
    const over = [...this.#known.values()].find(({ record }) => this.#over(record));
    if (!over) {
      const message = `A grid has at most ${LIMITS.TOKENS_MAX} tokens.`;
      throw new GridError('quota-exceeded', message);
    }
    const { id } = over.record;
    await this.#options.store.delete(PREFIX + id, over.version);
    this.#known.delete(id);
    this.#told.delete(id);
  }
}

/** @throws {GridError} `input-invalid` unless it is a site's origin */
export function checkOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // In a header an origin stands among others: what could end it is refused.
  const isSite = (url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '';
  if (isSite && /^[a-z0-9.:[\]-]+$/i.test(url.host)) return url.origin;
  const shown = JSON.stringify(text.slice(0, 60));
  throw new GridError('input-invalid', `${shown} is no site, such as https://example.org.`);
}
