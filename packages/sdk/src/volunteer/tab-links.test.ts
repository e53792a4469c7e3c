import type { PeerId, ShardId } from '@manytabs/protocol';
import { MemoryNetwork } from '@manytabs/transport';
import { expect, test, vi } from 'vitest';
import { TabLinks } from './tab-links.ts';

const SHARD = 'ab'.repeat(32) as ShardId;

test('[SH17] a tab that another has connected to asks it over the same connection', async () => {
  const network = new MemoryNetwork();
  const [a, b] = ['tab-a' as PeerId, 'tab-b' as PeerId];
  const tab = (peer: PeerId, fill: number) => {
    const transport = network.endpoint(peer);
    const read = async () => new Uint8Array(30_000).fill(fill);
    const server = { read, part: async () => undefined, onServed: () => {} };
    return { transport, links: new TabLinks(transport, server) };
  };
  const one = tab(a, 1);
  const other = tab(b, 2);
  const connect = vi.spyOn(other.transport, 'connect');
  expect((await one.links.fetch(SHARD, b))[0]).toBe(2);
  expect((await other.links.fetch(SHARD, a))[0]).toBe(1);
  expect(connect).not.toHaveBeenCalled();
  one.links.close();
  // The link went with the tab that had made it.
  await expect.poll(() => other.links.fetch(SHARD, a).then(([byte]) => byte)).toBe(1);
  expect(connect).toHaveBeenCalled();
  other.links.close();
});
