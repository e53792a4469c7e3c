import type { JobId, JobSpec, ShardId } from '@manytabs/protocol';
import {
  CountedBlobs,
  MemoryBlobs,
  MemoryJournal,
  MemoryKeyValue,
  shardIdOf,
} from '@manytabs/storage';
import { expect, onTestFinished, test, vi } from 'vitest';
import { wirePair } from '../../../test/wire-pair.ts';
import { CoordinatorHost } from '../coordinator-host.ts';
import { Membership } from './membership.ts';
import { Servers } from './servers.ts';
import type { Wire } from './wire.ts';

const UNUSED_MS = 50;

/** Fences are not what this is about. */
class OpenJournal extends MemoryJournal {
  override append(_epoch: number, ...rest: [Parameters<MemoryJournal['append']>[1]]) {
    return super.append(1, ...rest);
  }
  override replace(_epoch: number, partition: string, records: readonly Uint8Array[]) {
    return super.replace(1, partition, records);
  }
  override async claim(): Promise<void> {}
  override async close(): Promise<void> {}
}

class KeptBlobs extends MemoryBlobs {
  override async close(): Promise<void> {}
}

/** Servers over the same stores, with wires between them. */
class Cluster {
  readonly blobs = new CountedBlobs(new KeptBlobs());
  readonly #keyValue = new MemoryKeyValue();
  readonly #journal = new OpenJournal();
  readonly #servers = new Map<string, Servers>();

  async add(name: string) {
    const keyValue = this.#keyValue;
    const now = () => performance.now();
    const membership = await Membership.begin({ keyValue, server: name, now, beatMs: 10 });
    const host = new CoordinatorHost({
      grid: 'test',
      version: 'test',
      epoch: membership.epoch,
      seed: 1,
      blobs: this.blobs,
      unusedMs: UNUSED_MS,
      journal: this.#journal,
      keyValue,
      clock: Date.now,
      authorise: () => ({ scope: 'admin', owner: 'admin' }),
      note: () => {},
    });
    const servers = new Servers(host, {
      membership,
      keyValue,
      journalOf: () => this.#journal,
      dial: async (address) => this.#dial(address),
      onFenced: () => {},
    });
    host.servers = servers;
    await servers.start();
    this.#servers.set(name, servers);
    onTestFinished(async () => {
      await servers.close();
      await host.close();
    });
    return { host, serve: () => servers.serve({ address: name, url: '' }) };
  }

  #dial(address: string): Wire {
    const [near, far] = wirePair();
    this.#servers.get(address)?.accept(far);
    return near;
  }
}

async function putShard(blobs: CountedBlobs, text: string): Promise<ShardId> {
  const bytes = new TextEncoder().encode(text);
  const shard = await shardIdOf(bytes);
  await blobs.put(shard, bytes);
  return shard;
}

function submit(host: CoordinatorHost, shard: ShardId): void {
  const module = { kind: 'js', code: { shard, bytes: 100_000 }, export: 'default' } as const;
  const program = { module, args: Uint8Array.of(0xc0), files: [], seed: 1, timeoutMs: 60_000 };
  const spec: JobSpec = {
    name: 'a job',
    purpose: '',
    program: { ...program, outputBytesMax: 1_000 },
    inputs: { kind: 'range', from: 0, to: 10 },
    quorum: {
      minQuorum: 1,
      targetResults: 1,
      maxErrorResults: 1,
      maxTotalResults: 3,
      maxSuccessResults: 1,
    },
    priority: 5,
  };
  const jobId = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;
  host.step({ type: 'job-submitted', at: host.now(), jobId, owner: 'ann', spec });
}

test('[CO124] one of several servers removes what none of them needs, while it can ask all of them', async () => {
  const cluster = new Cluster();
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  const [needed, idle] = [
    await putShard(cluster.blobs, 'needed'),
    await putShard(cluster.blobs, 'idle'),
  ];
  submit(b.host, needed);
  const stored = async () => (await cluster.blobs.list()).map(({ shard }) => shard).sort();
  const both = [needed, idle].sort();
  // The other server has said nowhere yet where it is.
  a.serve();
  const until = performance.now() + 3 * UNUSED_MS;
  await vi.waitUntil(() => a.host.collector.sweep().then(() => performance.now() > until));
  expect(a.host.collector.idle).toBe(2);
  expect(await stored()).toEqual(both);
  b.serve();
  await vi.waitUntil(async () => {
    await Promise.all([a.host.collector.sweep(), b.host.collector.sweep()]);
    return (await stored()).length < 2;
  });
  expect(await stored()).toEqual([needed]);
});
