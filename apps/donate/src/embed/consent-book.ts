const KEY = 'manytabs-consent';
export const HOURS_MAX = 720;
const HOUR_MS = 3_600_000;

/** What the book is kept in; a browser that refuses it leaves it in memory. */
export interface ConsentStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

type Page = Readonly<Record<string, number>>;

/** Which sites this visitor allowed to compute here, and until when. Written by clicks alone. */
export class ConsentBook {
  readonly #store: ConsentStore | undefined;
  #memory: Page = {};

  constructor(store: ConsentStore | undefined) {
    this.#store = store;
  }

  /** A date too far ahead was not written by us, or the clock was put back: it does not count. */
  until(site: string, now: number): number | undefined {
    const until = this.#read()[site];
    const isGood = until !== undefined && until > now && until <= now + HOURS_MAX * HOUR_MS;
    return isGood ? until : undefined;
  }

  give(site: string, hours: number, now: number): void {
    const bounded = Math.min(HOURS_MAX, Math.max(1, hours));
    const others = Object.entries(this.#read()).filter(([, until]) => until > now);
    this.#write({ ...Object.fromEntries(others), [site]: now + bounded * HOUR_MS });
  }

  withdraw(site: string): void {
    const rest = Object.entries(this.#read()).filter(([name]) => name !== site);
    this.#write(Object.fromEntries(rest));
  }

  withdrawAll(): void {
    this.#write({});
  }

  #read(): Page {
    try {
      const page: unknown = JSON.parse(this.#store?.getItem(KEY) ?? 'null');
      return this.#store ? checked(page) : this.#memory;
    } catch {
      return this.#memory;
    }
  }

  #write(page: Page): void {
    this.#memory = page;
    try {
      if (Object.keys(page).length === 0) this.#store?.removeItem(KEY);
      else this.#store?.setItem(KEY, JSON.stringify(page));
    } catch {
      // Storage is refused or full: the consent lasts as long as the page.
    }
  }
}

function checked(page: unknown): Page {
  if (typeof page !== 'object' || page === null) return {};
  return Object.fromEntries(
    Object.entries(page).filter(([, until]) => typeof until === 'number'),
  ) as Page;
}

/** The browser's store, or undefined where a third-party frame may have none. */
export function browserStore(): ConsentStore | undefined {
  try {
    localStorage.getItem(KEY);
    return localStorage;
  } catch {
    return undefined;
  }
}
