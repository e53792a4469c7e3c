import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiReference } from '../build/api-reference.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('[SU84] docs/API.md is what the sources say; -u makes it anew', {
  timeout: 60_000,
}, async () => {
  const text = apiReference(ROOT);
  expect(text).toContain('## Grid\n');
  await expect(text).toMatchFileSnapshot(join(ROOT, 'docs/API.md'));
});
