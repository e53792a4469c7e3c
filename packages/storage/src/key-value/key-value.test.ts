import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SqliteStore } from '../store/sqlite-store.ts';
import { describeKeyValue } from './contract.ts';
import { MemoryKeyValue } from './memory-key-value.ts';
import { SqliteKeyValue } from './sqlite-key-value.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-key-value-'));

const memory = new MemoryKeyValue();
describeKeyValue('memory', { open: async () => memory, beside: async () => memory });

let store: SqliteStore | undefined;
let keyValue: SqliteKeyValue | undefined;

afterAll(() => {
  store?.close();
  rmSync(dir, { recursive: true });
});

async function openSqlite(): Promise<SqliteKeyValue> {
  store?.close();
  store = new SqliteStore(join(dir, 'grid.db'));
  keyValue = new SqliteKeyValue(store);
  return keyValue;
}

describeKeyValue('SQLite', {
  open: openSqlite,
  beside: async () => keyValue ?? openSqlite(),
});
