import { decodeValue, encodeValue } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { describe, expect, test } from 'vitest';
import { type AuditEntry, AuditLog, ChainCheck } from './audit-log.ts';

async function filled(count = 5) {
  const store = new MemoryKeyValue();
  const log = new AuditLog(store, () => 7);
  for (let n = 0; n < count; n++) {
    await log.append({ actor: 'owner', action: 'token-created', subject: `t${n}` });
  }
  return { store, log };
}

async function all(log: AuditLog): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let page = await log.read(0); page.length > 0; page = await log.read(entries.length)) {
    entries.push(...page);
  }
  return entries;
}

function wrongs(entries: readonly AuditEntry[]): string[] {
  const check = new ChainCheck();
  return entries.flatMap((entry) => check.take(entry) ?? []);
}

describe('[AC11] the audit log', () => {
  test('is one chain, over restarts and over coordinators that write at once', async () => {
    const { store, log } = await filled(3);
    const other = new AuditLog(store, () => 8);
    const facts = Array.from({ length: 40 }, (_, n) =>
      (n % 2 ? log : other).append({ actor: 'x', action: 'job-submitted', subject: `j${n}` }),
    );
    await Promise.all(facts);
    const entries = await all(new AuditLog(store, () => 9));
    expect(entries).toHaveLength(43);
    expect(wrongs(entries)).toEqual([]);
  });

  test('longer than a page is read to its end', async () => {
    const { log } = await filled(450);
    expect(wrongs(await all(log))).toEqual([]);
    expect(await all(log)).toHaveLength(450);
  });

  test.each<[string, (entries: AuditEntry[]) => AuditEntry[], RegExp]>([
    [
      'changed',
      (e) => e.map((x) => (x.number === 2 ? { ...x, actor: 'nobody' } : x)),
      /2 was changed/,
    ],
    ['dropped', (e) => e.filter(({ number }) => number !== 2), /2 is missing/],
    ['dropped at the start', (e) => e.slice(1), /0 is missing/],
    ['swapped', (e) => [e[0], e[2], e[1], e[3], e[4]] as AuditEntry[], /1 is missing/],
    [
      'hashed anew after a change',
      (e) => e.map((x) => (x.number === 2 ? { ...x, hash: '0'.repeat(64) } : x)),
      /2 was changed/,
    ],
  ])('shows an entry that was %s', async (_what, tamper, wrong) => {
    const { log } = await filled();
    expect(wrongs(tamper(await all(log)))[0]).toMatch(wrong);
  });

  test('shows an entry that was changed in the store', async () => {
    const { store, log } = await filled();
    const [entry] = await store.list('audit/entry/', {
      after: 'audit/entry/000000000001',
      limit: 1,
    });
    const changed = {
      ...(decodeValue(entry?.value as Uint8Array) as AuditEntry),
      subject: 'other',
    };
    await store.put(entry?.key ?? '', encodeValue(changed), { expected: entry?.version ?? 0 });
    expect(wrongs(await all(log))).toEqual(['entry 2 was changed']);
  });
});
