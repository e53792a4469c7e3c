import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../store/sqlite-store.ts';
import { SqliteKeyValue } from './sqlite-key-value.ts';

const KEYS = 150_000;

test('[ST70] a page far into a listing takes about as long as the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'manytabs-pages-'));
  const store = new SqliteStore(join(folder, 'kv.db'));
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const keyValue = new SqliteKeyValue(store);
  const keyOf = (i: number) => `x/${String(i).padStart(6, '0')}`;
  store.commit(() => {
    const put = store.statement('INSERT INTO entry (key, version, value) VALUES (?, 1, ?)');
    for (let i = 0; i < KEYS; i++) put.run([keyOf(i), new Uint8Array(100)]);
  });
  const timeOf = async (after: string) => {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) {
      const began = performance.now();
      expect(await keyValue.list('x/', { after, limit: 1 })).toHaveLength(1);
      times.push(performance.now() - began);
    }
    return Math.min(...times);
  };
  const first = await timeOf(keyOf(0));
  expect((await timeOf(keyOf(KEYS - 2))) / first).toBeLessThan(50);
}, 60_000);
