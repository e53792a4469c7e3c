import type { AuditEntry } from 'manytabs';
import { expect, test } from 'vitest';
import { fakeAudit } from '../fixture/fake-owner.ts';
import { type AuditSnapshot, findEntries, readAudit } from './audit-reader.ts';

async function read(entries: readonly AuditEntry[]): Promise<AuditSnapshot | undefined> {
  let last: AuditSnapshot | undefined;
  await readAudit(
    async function* () {
      yield* entries;
    },
    (snapshot) => {
      last = snapshot;
    },
    new AbortController().signal,
  );
  return last;
}

test('[UI224] every entry is checked against the one before it', async () => {
  const entries = fakeAudit();
  expect(await read(entries)).toMatchObject({ done: true, wrong: [], count: entries.length });
  const changed = entries.map((entry, n) => (n === 2 ? { ...entry, note: 'nothing' } : entry));
  expect((await read(changed))?.wrong).toEqual([`entry ${entries[2]?.number} was changed`]);
  const dropped = entries.filter((_, n) => n !== 2);
  expect((await read(dropped))?.wrong[0]).toContain('is missing');
});

test('[UI224] entries are found by all words, newest first', () => {
  const entries = fakeAudit();
  const found = findEntries(entries, 'token CREATED');
  expect(found.length).toBeGreaterThan(0);
  expect(found.every(({ action }) => action === 'token-created')).toBe(true);
  expect(findEntries(entries, '')[0]).toBe(entries.at(-1));
});
