import { Prng, peerId, type SessionId, type ShardId, sessionId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { SHARD_LIMITS } from './shard-limits.ts';
import { ShardMap } from './shard-map.ts';

const SHARD = 'a'.repeat(64) as ShardId;
const TABS = Array.from({ length: 12 }, (_, i) => sessionId(i));

function wanting(): ShardMap {
  const map = new ShardMap(new Prng(1));
  for (const tab of TABS) map.onJoined(tab, peerId(`v${tab}`));
  map.want(SHARD, 1_000_000);
  return map;
}

/** Asks for all, and lets each get it from whom it is told, or from the coordinator; how often that was. */
function spread(map: ShardMap, tabs: readonly SessionId[], at: number): number {
  let fromCoordinator = 0;
  const get = (tab: SessionId, peers: readonly string[]) => {
    if (peers.length === 0) fromCoordinator++;
    got.push(tab);
  };
  const got: SessionId[] = [];
  for (const tab of tabs) {
    const peers = map.locate(SHARD, tab, at);
    if (peers) get(tab, peers);
  }
  for (let tab = got.shift(); tab !== undefined; tab = got.shift()) {
    map.onHeld(tab, [SHARD], []);
    for (const { to, peers } of map.located(at)) get(to, peers);
    map.check();
  }
  return fromCoordinator;
}

test('[SH16] a shard that many want at once leaves the coordinator twice', () => {
  const map = wanting();
  expect(spread(map, TABS, 0)).toBe(2);
  expect(map.sessionsOf(SHARD)).toHaveLength(TABS.length);
});

test('[SH16] copies that it orders itself count too', () => {
  const map = wanting();
  const orders = [...map.work(0), ...map.work(0), ...map.work(0)];
  expect(orders.map(({ peers }) => peers)).toEqual([[], []]);
  const others = TABS.filter((tab) => orders.every(({ to }) => to !== tab));
  for (const tab of others) expect(map.locate(SHARD, tab, 0)).toBeUndefined();
  for (const { to } of orders) map.onHeld(to, [SHARD], []);
  expect(map.located(0).every(({ peers }) => peers.length > 0)).toBe(true);
});

test('[SH16] who waits in vain goes to the coordinator in the end, and at once when those are gone', () => {
  const map = wanting();
  const [one, two, three, four] = TABS as [SessionId, SessionId, SessionId, SessionId];
  for (const tab of [one, two]) expect(map.locate(SHARD, tab, 0)).toEqual([]);
  expect(map.locate(SHARD, three, 0)).toBeUndefined();
  expect(map.locate(SHARD, four, 1)).toBeUndefined();
  expect(map.located(SHARD_LIMITS.SPREAD_WAIT_MS - 1)).toEqual([]);
  map.onLeft(one, 10);
  expect(map.located(10)).toEqual([{ to: three, shard: SHARD, peers: [] }]);
  expect(map.wakeAt()).toBeLessThanOrEqual(SHARD_LIMITS.SPREAD_WAIT_MS + 1);
  const late = map.located(SHARD_LIMITS.SPREAD_WAIT_MS + 1);
  expect(late).toEqual([{ to: four, shard: SHARD, peers: [] }]);
});
