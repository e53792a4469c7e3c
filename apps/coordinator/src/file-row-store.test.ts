import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeRowStore } from 'manytabs/test/row-store-contract';
import { afterAll } from 'vitest';
import { FileRowStore } from './file-row-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-rows-'));

afterAll(() => rmSync(dir, { recursive: true }));

describeRowStore('files', () => new FileRowStore(dir));
