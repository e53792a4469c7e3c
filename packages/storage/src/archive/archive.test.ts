import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GridError, Prng } from '@manytabs/protocol';
import { afterAll, expect, test } from 'vitest';
import { readArchive, verifyArchive } from './archive-reader.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { type ArchiveEntry, encodeEntry } from './entry.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-archive-'));
const path = join(dir, 'a.backup');
const large = new Uint8Array(3_000_000).map((_, i) => i % 251);
const ENTRIES: ArchiveEntry[] = [
  { kind: 'grid', version: '1', at: 5, token: 'secret' },
  { kind: 'records', partition: 'p', records: [large, new Uint8Array(), new Uint8Array([1])] },
  { kind: 'key', key: 'k', version: 7, value: new Uint8Array([2]) },
  { kind: 'reign', epoch: 3, clock: 9 },
];

afterAll(() => rmSync(dir, { recursive: true }));

async function write(): Promise<void> {
  const writer = await ArchiveWriter.open(path);
  for (const entry of ENTRIES) await writer.add(entry);
  const bytes = await writer.finish();
  expect(bytes).toBe(statSync(path).size);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'fine',
    (thrown: GridError) => thrown.code,
  );
}

test('[ST65] a backup is read as it was written, by its owner alone, and one that was given up leaves nothing', async () => {
  await write();
  await verifyArchive(path);
  const read: ArchiveEntry[] = [];
  for await (const entry of readArchive(path)) read.push(entry);
  // Byte by byte, as a test runner compares millions of numbers for seconds.
  const encoded = (entries: ArchiveEntry[]) => Buffer.concat(entries.map(encodeEntry));
  expect(encoded(read).equals(encoded(ENTRIES))).toBe(true);
  expect(statSync(path).mode & 0o077).toBe(0);
  const given = await ArchiveWriter.open(join(dir, 'b.backup'));
  await given.abandon();
  expect(readdirSync(dir)).toEqual(['a.backup']);
});

test('[ST66] a backup that was changed anywhere, cut anywhere, or is none, is refused', async () => {
  await write();
  const whole = readFileSync(path);
  const prng = new Prng(7, 'damage');
  const broken = join(dir, 'broken');
  for (let round = 0; round < 40; round++) {
    const at = round < 20 ? round : prng.int(whole.length);
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ (1 << prng.int(8));
    writeFileSync(broken, changed);
    expect(await codeOf(verifyArchive(broken))).toMatch(/backup-damaged|storage-newer/);
    writeFileSync(broken, whole.subarray(0, at));
    expect(await codeOf(verifyArchive(broken))).toBe('backup-damaged');
  }
  expect(await codeOf(verifyArchive(join(dir, 'missing')))).toBe('file-missing');
  rmSync(broken);
});

test('[ST66] a backup of a newer format is refused with storage-newer', async () => {
  writeFileSync(join(dir, 'newer'), 'manytabs backup 2\nwhatever comes');
  expect(await codeOf(verifyArchive(join(dir, 'newer')))).toBe('storage-newer');
  rmSync(join(dir, 'newer'));
});
