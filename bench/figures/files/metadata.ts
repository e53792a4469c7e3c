import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LIMITS,
  type PeerId,
  type ShardId,
  sessionId,
  shardId,
  type VolunteerId,
} from '@manytabs/protocol';
import { CountedBlobs, MemoryBlobs, MemoryJournal } from '@manytabs/storage';
import { SqliteKeyValue, SqliteStore } from '@manytabs/storage/node';
import { CoordinatorHost } from 'manytabs/host';
import type { FileRecord } from '../../../packages/sdk/src/host/files/file-record.ts';
import type { Bench } from '../../bench.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';
import { collector, used } from '../memory.ts';
import { writeNames } from './many-names.ts';

const MIB = 1024 * 1024;
const FILES = 1_000_000;
const FOLDERS = 1_000;
const FILE_BYTES = 100_000;
const COPIES = 2;
const TABS = 128;
const PAGES = 20;
const OWNER = 'bench';

/** A million files with two copies each, as a coordinator knows them after its start and after its tabs' reports. */
export async function metadata(bench: Bench): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'manytabs-names-'));
  const store = new SqliteStore(join(folder, 'names.db'));
  try {
    const keyValue = new SqliteKeyValue(store);
    bench.say(`  ${FILES} names are written`);
    const shards = await writeAll(keyValue);
    return await measure(keyValue, shards);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(keyValue: SqliteKeyValue, shards: Uint8Array): Promise<Row[]> {
  const collect = collector();
  const before = used(collect);
  const host = hostOver(keyValue);
  const began = performance.now();
  await host.recover();
  const recoverMs = performance.now() - began;
  reportHeld(host, shards);
  const bytes = used(collect) - before;
  const pages = await listPages(host);
  await host.close();
  return [
    {
      figure: 'coordinator memory, a million files, two copies each',
      value: bytes / MIB,
      unit: 'MiB',
      target: { atMost: 400 },
      note: `Heap and array buffers after a full collection, ${TABS} tabs; known ${(recoverMs / 1_000).toFixed(0)} s after the start.`,
    },
    {
      figure: 'a page of 1,000 names out of a million',
      value: median(pages),
      unit: 'ms',
      samples: pages,
    },
  ];
}

function hostOver(keyValue: SqliteKeyValue): CoordinatorHost {
  return new CoordinatorHost({
    grid: 'bench',
    version: 'bench',
    epoch: 1,
    seed: 1,
    blobs: new CountedBlobs(new MemoryBlobs()),
    journal: new MemoryJournal(),
    keyValue,
    clock: Date.now,
    authorise: () => ({ scope: 'admin', owner: OWNER }),
    note: () => {},
  });
}

/** Returns the ids of their shards, 32 bytes each. */
async function writeAll(keyValue: SqliteKeyValue): Promise<Uint8Array> {
  const shards = new Uint8Array(randomBytes(32 * FILES));
  const each = FILES / FOLDERS;
  for (let n = 0; n < FOLDERS; n++) {
    const idsOf = (i: number) => shards.slice(32 * (n * each + i), 32 * (n * each + i + 1));
    const recordAt = (i: number) => recordOf(idsOf(i));
    await writeNames(keyValue, { folder: `/data/part-${n}`, files: each, recordOf: recordAt });
  }
  return shards;
}

function recordOf(ids: Uint8Array): FileRecord {
  return {
    ...{ kind: 'file', bytes: FILE_BYTES, contentType: 'application/octet-stream', owner: OWNER },
    ...{ at: Date.now(), durability: 'grid', replicas: COPIES, code: null },
    ...{ shardBytes: LIMITS.SHARD_BYTES, root: ids, inline: null, ids, pages: null },
  };
}

/** Every tab reports its share, each shard is with `COPIES` of them. */
function reportHeld(host: CoordinatorHost, ids: Uint8Array): void {
  for (let tab = 0; tab < TABS; tab++) {
    const session = sessionId(tab + 1);
    const name = `tab-${tab}`;
    const who = {
      volunteer: name as VolunteerId,
      peer: name as PeerId,
      ...{ workers: 1, agent: 'bench', road: 'memory', trusted: false },
    };
    host.step({ type: 'volunteer-joined', at: host.now(), session, ...who });
    const held = heldBy(tab, ids);
    for (let at = 0; at < held.length; at += LIMITS.HELD_SHARDS_PER_REPORT_MAX) {
      const added = held.slice(at, at + LIMITS.HELD_SHARDS_PER_REPORT_MAX);
      const message = { type: 'held' as const, added, dropped: [] };
      host.step({ type: 'message-received', at: host.now(), session, message });
    }
  }
}

function heldBy(tab: number, ids: Uint8Array): ShardId[] {
  const held: ShardId[] = [];
  for (let n = 0; n < FILES; n++) {
    const isHere = (tab - (n % TABS) + TABS) % TABS < COPIES;
    if (isHere) held.push(shardId(ids.subarray(32 * n, 32 * n + 32)));
  }
  return held;
}

async function listPages(host: CoordinatorHost): Promise<number[]> {
  const spans: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const began = performance.now();
    const op = { op: 'list', path: '/data/**/*.bin', recursive: false, limit: 1_000 } as const;
    const list = await host.files.answer(after === undefined ? op : { ...op, after }, {
      scope: 'admin',
      owner: OWNER,
    });
    after = (list as { next?: string }).next;
    spans.push(performance.now() - began);
  }
  return spans;
}
