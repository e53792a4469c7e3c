import type { JobId, JobSpec, ShardId } from '@manytabs/protocol';
import { type MemoryBlobs, shardIdOf } from '@manytabs/storage';
import { expect, test, vi } from 'vitest';
import { ServerGroup } from '../../../test/server-group.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';

const UNUSED_MS = 50;

async function putShard(blobs: MemoryBlobs, text: string): Promise<ShardId> {
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
  const cluster = new ServerGroup({ unusedMs: UNUSED_MS });
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  const [needed, idle] = [
    await putShard(cluster.stores.blobs, 'needed'),
    await putShard(cluster.stores.blobs, 'idle'),
  ];
  submit(b.grid.host, needed);
  const stored = async () => (await cluster.stores.blobs.list()).map(({ shard }) => shard).sort();
  const both = [needed, idle].sort();
  // The other server has said nowhere yet where it is.
  a.serve();
  const until = performance.now() + 3 * UNUSED_MS;
  await vi.waitUntil(() => a.grid.host.collector.sweep().then(() => performance.now() > until));
  expect(a.grid.host.collector.idle).toBe(2);
  expect(await stored()).toEqual(both);
  b.serve();
  await vi.waitUntil(async () => {
    await Promise.all([a.grid.host.collector.sweep(), b.grid.host.collector.sweep()]);
    return (await stored()).length < 2;
  });
  expect(await stored()).toEqual([needed]);
});
