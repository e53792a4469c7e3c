import type { Blobs, Entry, Journal, KeyValue } from '@manytabs/protocol';
import { sha256 } from '@noble/hashes/sha2.js';
import { type ArchiveEntry, encodeEntry } from './entry.ts';
import { FORMAT, firstLine, LENGTH_BYTES } from './format.ts';

/** What a backup is made of; `clock` is the highest version of the store's keys. */
export interface ArchiveSource {
  readonly token: string;
  readonly journal: Pick<Journal, 'partitions' | 'read' | 'epoch'>;
  readonly keyValue: Pick<KeyValue, 'list'> & { clock(): Promise<number> };
  readonly blobs: Pick<Blobs, 'list' | 'get'>;
}

const BATCH_BYTES = 1024 * 1024;
const KEYS_AT_ONCE = 1_000;

/** Everything a grid keeps, in the order of a backup, without its end. */
export async function* archiveEntries(
  source: ArchiveSource,
  { version, at }: { readonly version: string; readonly at: number },
): AsyncGenerator<ArchiveEntry> {
  yield { kind: 'grid', version, at, token: source.token };
  yield* shardsOf(source);
  yield* recordsOf(source);
  yield* keysOf(source);
  const [epoch, clock] = [await source.journal.epoch(), await source.keyValue.clock()];
  yield { kind: 'reign', epoch, clock };
}

/** The bytes of a backup, from its heading to its hash. */
export async function* archiveChunks(
  entries: AsyncIterable<ArchiveEntry>,
): AsyncGenerator<Uint8Array> {
  const hash = sha256.create();
  const hashed = (part: Uint8Array) => {
    hash.update(part);
    return part;
  };
  let count = 0;
  yield hashed(firstLine(FORMAT));
  for await (const entry of entries) {
    count += 1;
    yield hashed(framed(entry));
  }
  yield hashed(framed({ kind: 'end', entries: count }));
  yield hash.digest();
}

function framed(entry: ArchiveEntry): Uint8Array {
  const body = encodeEntry(entry);
  const frame = new Uint8Array(LENGTH_BYTES + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, LENGTH_BYTES);
  return frame;
}

/** One that rotted is left out: it counts as never stored. */
async function* shardsOf({ blobs }: ArchiveSource): AsyncGenerator<ArchiveEntry> {
  for (const { shard } of await blobs.list()) {
    const bytes = await blobs.get(shard);
    if (bytes) yield { kind: 'shard', shard, bytes };
  }
}

async function* recordsOf({ journal }: ArchiveSource): AsyncGenerator<ArchiveEntry> {
  for (const partition of await journal.partitions('')) {
    for (let from = 0; ; ) {
      const records = [...(await journal.read(partition, from, BATCH_BYTES))];
      if (records.length === 0) break;
      yield { kind: 'records', partition, records };
      from += records.length;
    }
  }
}

async function* keysOf({ keyValue }: ArchiveSource): AsyncGenerator<ArchiveEntry> {
  for (let after: string | undefined; ; ) {
    const page: readonly Entry[] = await keyValue.list('', { after, limit: KEYS_AT_ONCE });
    for (const { key, version, value } of page) yield { kind: 'key', key, version, value };
    after = page.at(-1)?.key;
    if (after === undefined) return;
  }
}
