import { expect, test } from 'vitest';
import { ConsentBook } from './consent-book.ts';

class MemoryStore {
  readonly rows = new Map<string, string>();
  getItem(key: string): string | null {
    return this.rows.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.rows.set(key, value);
  }
  removeItem(key: string): void {
    this.rows.delete(key);
  }
}

const HOUR = 3_600_000;
const SITE = 'https://news.example';
const OTHER = 'https://other.example';

test('[EM04] consent is for one site and ends by itself', () => {
  const book = new ConsentBook(new MemoryStore());
  book.give(SITE, 24, 0);
  expect(book.until(SITE, 24 * HOUR - 1)).toBe(24 * HOUR);
  expect(book.until(SITE, 24 * HOUR)).toBeUndefined();
  expect(book.until(OTHER, 1)).toBeUndefined();
});

test('[EM04] consent lasts thirty days at most, whatever the site asks or the store says', () => {
  const store = new MemoryStore();
  const book = new ConsentBook(store);
  book.give(SITE, 1e9, 0);
  expect(book.until(SITE, 1)).toBe(720 * HOUR);
  store.setItem('manytabs-consent', JSON.stringify({ [OTHER]: 1e15, [SITE]: 'soon' }));
  expect(book.until(OTHER, 1)).toBeUndefined();
  expect(book.until(SITE, 1)).toBeUndefined();
});

test('[EM04] a clock an hour off shortens or lengthens consent by that hour and no more', () => {
  const book = new ConsentBook(new MemoryStore());
  book.give(SITE, 24, 10 * HOUR);
  expect(book.until(SITE, 9 * HOUR)).toBe(34 * HOUR);
  book.give(OTHER, 720, 10 * HOUR);
  expect(book.until(OTHER, 9 * HOUR)).toBeUndefined();
});

test('[EM05] one click withdraws it on one site or on all', () => {
  const store = new MemoryStore();
  const book = new ConsentBook(store);
  book.give(SITE, 24, 0);
  book.give(OTHER, 24, 0);
  book.withdraw(SITE);
  expect([book.until(SITE, 1), book.until(OTHER, 1)]).toEqual([undefined, 24 * HOUR]);
  book.withdrawAll();
  expect(book.until(OTHER, 1)).toBeUndefined();
  expect(store.rows.size).toBe(0);
});

test('[EM06] without a store, or with a broken one, consent lasts as long as the page', () => {
  const book = new ConsentBook(undefined);
  book.give(SITE, 24, 0);
  expect(book.until(SITE, 1)).toBe(24 * HOUR);
  const store = new MemoryStore();
  store.setItem('manytabs-consent', '{broken');
  expect(new ConsentBook(store).until(SITE, 1)).toBeUndefined();
});
