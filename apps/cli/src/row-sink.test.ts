import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkSink } from './row-sink.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

test('[UI171] an --out that cannot be written is refused before the grid is called', () => {
  const folder = scratchFolder({ 'a-file': 'kept' });
  const check = (out: string) => () => checkSink(out, { folder });
  expect(check('a-file/rows.ndjson')).toThrowError(
    expect.objectContaining({ code: 'output-unwritable' }),
  );
  expect(check('/proc/nowhere/rows.ndjson')).toThrowError(/\/proc\/nowhere/);
});

test('[UI171] looking whether it can be written leaves what is there', () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'rows.ndjson'), 'old\n');
  checkSink('rows.ndjson', { folder });
  checkSink('new/rows.ndjson', { folder });
  checkSink('tiles/', { folder });
  expect(readFileSync(join(folder, 'rows.ndjson'), 'utf8')).toBe('old\n');
  expect(existsSync(join(folder, 'new/rows.ndjson'))).toBe(false);
});
