import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  LIMITS,
  Prng,
  peerId,
  type SessionId,
  type ShardId,
  sessionId,
  type VolunteerId,
} from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHARD_LIMITS } from './shard-limits.ts';
import { ShardMap } from './shard-map.ts';

const MIB = 1024 * 1024;

function shardOf(i: number): ShardId {
  return i.toString(16).padStart(64, '0') as ShardId;
}

/** Flat, as one that came in a message. */
function decoded(shard: ShardId): ShardId {
  return Buffer.from(shard).toString('latin1') as ShardId;
}

function setup(options: { volunteers: number; shards: number; seed?: number }) {
  const map = new ShardMap(new Prng(options.seed ?? 1));
  for (let i = 0; i < options.volunteers; i++) map.onJoined(sessionId(i), peerId(`v${i}`));
  for (let i = 0; i < options.shards; i++) map.want(shardOf(i), MIB);
  /** Carries out every order at once, as honest volunteers do. */
  const settle = (at: number) => {
    let orders = map.work(at);
    let total = 0;
    while (orders.length > 0) {
      for (const order of orders) map.onHeld(order.to, [order.shard], []);
      total += orders.length;
      orders = map.work(at);
    }
    map.check();
    return total;
  };
  return { map, settle };
}

describe('placement', () => {
  test('[SH1] a wanted shard gets its replicas on distinct identities', () => {
    const { map, settle } = setup({ volunteers: 0, shards: 1 });
    const two = 'vtwo' as VolunteerId;
    map.onJoined(sessionId(1), peerId('vone'), 'vone' as VolunteerId);
    map.onJoined(sessionId(2), peerId('vtwo'), two);
    map.onJoined(sessionId(3), peerId('vtwo-b'), two);
    expect(settle(0)).toBe(2);
    expect(map.view(shardOf(0))?.holders.toSorted()).toEqual(['vone', 'vtwo']);
    expect(map.counts()).toEqual({ wanted: 1, short: 0, inFlight: 0, holders: 3 });
  });

  test('[SH1] two tabs of one identity are one copy', () => {
    const { map, settle } = setup({ volunteers: 0, shards: 1 });
    const one = 'vone' as VolunteerId;
    map.onJoined(sessionId(1), peerId('vone'), one);
    map.onJoined(sessionId(2), peerId('vone-b'), one);
    expect(settle(0)).toBe(1);
    expect(map.counts().short).toBe(1);
  });

  test('[SH2] a lost replica is made again, from those that are left', () => {
    const { map, settle } = setup({ volunteers: 4, shards: 1 });
    settle(0);
    const [lost, left] = map.holders(shardOf(0), 2);
    map.onLeft(sessionId(Number(lost?.slice(1))));
    const orders = map.work(10);
    expect(orders).toHaveLength(1);
    expect(orders[0]?.peers).toEqual([left]);
    map.check();
  });

  test('[SH3] the shards with the fewest copies come first', () => {
    const { map } = setup({ volunteers: 3, shards: 3 });
    map.onHeld(sessionId(0), [shardOf(0), shardOf(1)], []);
    expect(map.work(0).map((order) => order.shard)[0]).toBe(shardOf(2));
  });

  test('[SH4] one target has a bounded number of replications, and so has the grid', () => {
    const few = setup({ volunteers: 2, shards: 100 });
    expect(few.map.work(0)).toHaveLength(2 * SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX);
    expect(few.map.work(0)).toHaveLength(0);
    few.map.check();
    const many = setup({ volunteers: 500, shards: 1000 });
    let orders = 0;
    for (let i = 0; i < 10; i++) orders += many.map.work(0).length;
    expect(orders).toBe(SHARD_LIMITS.REPLICATIONS_MAX);
    many.map.check();
  });

  test('[SH5] a target that does not report in time is passed over for another', () => {
    const { map } = setup({ volunteers: 3, shards: 1 });
    const first = map.work(0).map((order) => order.to);
    expect(map.wakeAt()).toBe(SHARD_LIMITS.REPLICATION_TIMEOUT_MS);
    const second = map.work(SHARD_LIMITS.REPLICATION_TIMEOUT_MS).map((order) => order.to);
    expect(second).toHaveLength(1);
    expect(first).not.toContain(second[0]);
    map.check();
  });

  test('[SH5] a target that says it dropped the shard has refused it', () => {
    const { map } = setup({ volunteers: 3, shards: 1 });
    const [first, second] = map.work(0).map((order) => order.to);
    map.onHeld(first as SessionId, [], [shardOf(0)]);
    const again = map.work(1).map((order) => order.to);
    expect(again).toHaveLength(1);
    expect([first, second]).not.toContain(again[0]);
  });

  test('[SH6] a shard nobody wants is dropped by its holders, once', () => {
    const { map, settle } = setup({ volunteers: 2, shards: 1 });
    settle(0);
    map.release(shardOf(0));
    expect(map.drops()).toEqual([
      { to: 0, shards: [shardOf(0)] },
      { to: 1, shards: [shardOf(0)] },
    ]);
    expect(map.drops()).toEqual([]);
    expect(map.counts()).toEqual({ wanted: 0, short: 0, inFlight: 0, holders: 2 });
    map.check();
  });

  test('[SH6] two jobs want a shard until both are done', () => {
    const { map, settle } = setup({ volunteers: 2, shards: 1 });
    map.want(shardOf(0), MIB);
    settle(0);
    map.release(shardOf(0));
    expect(map.drops()).toEqual([]);
    expect(map.isWanted(shardOf(0))).toBe(true);
  });

  test('[SH6] a shard wanted again before the drop was ordered is kept', () => {
    const { map, settle } = setup({ volunteers: 2, shards: 1 });
    settle(0);
    map.release(shardOf(0));
    map.want(shardOf(0), MIB);
    expect(map.drops()).toEqual([]);
    expect(map.counts().short).toBe(0);
    map.check();
  });

  test('[SH7] a small shard is not replicated', () => {
    const { map } = setup({ volunteers: 2, shards: 0 });
    map.want(shardOf(0), LIMITS.INLINE_SHARD_BYTES);
    expect(map.work(0)).toEqual([]);
    map.release(shardOf(0));
  });

  test('[SH8] reports of shards nobody wants cost a bounded amount of memory', () => {
    const { map } = setup({ volunteers: 1, shards: 0 });
    for (let i = 0; i < 10; i++) {
      map.onHeld(
        sessionId(0),
        Array.from({ length: 1024 }, (_, j) => shardOf(i * 1024 + j)),
        [],
      );
    }
    map.check();
    const orders = map.drops();
    expect(orders.flatMap((order) => order.shards)).toHaveLength(
      SHARD_LIMITS.DROPS_PER_VOLUNTEER_MAX,
    );
    expect(orders[0]?.shards).toHaveLength(LIMITS.HELD_SHARDS_PER_REPORT_MAX);
  });

  test('[SH9] holders take turns, without the asking one', () => {
    const { map } = setup({ volunteers: 4, shards: 1 });
    for (let i = 0; i < 4; i++) map.onHeld(sessionId(i), [shardOf(0)], []);
    expect(map.holders(shardOf(0), 2, sessionId(0))).toEqual(['v1', 'v2']);
    expect(map.holders(shardOf(0), 2, sessionId(0))).toEqual(['v3', 'v1']);
    expect(map.holders(shardOf(1), 2)).toEqual([]);
    expect(map.holds(sessionId(1), shardOf(0))).toBe(true);
  });

  test('[SH18] copies go to other networks and browsers, but nobody bears much more than the others for it', () => {
    const map = new ShardMap(new Prng(1));
    // Twelve behind one network, three of them with another browser, and one elsewhere.
    const siteOf = (i: number) => ({
      network: i < 12 ? '192.0.2.0/24' : '198.51.100.0/24',
      browser: i < 9 || i === 12 ? 'Chrome' : 'Firefox',
    });
    for (let i = 0; i < 13; i++)
      map.onJoined(sessionId(i), peerId(`v${i}`), undefined, 0, siteOf(i));
    const held = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => map.heldBy(sessionId(from + i)).shards);
    map.want(shardOf(0), MIB);
    for (let order = map.work(0)[0]; order; order = map.work(0)[0])
      map.onHeld(order.to, [order.shard], []);
    expect(held(12, 13)).toEqual([1]);
    for (let i = 1; i < 130; i++) map.want(shardOf(i), MIB);
    for (let orders = map.work(0); orders.length > 0; orders = map.work(0)) {
      for (const order of orders) map.onHeld(order.to, [order.shard], []);
    }
    map.check();
    const rest = held(0, 12);
    expect(held(12, 13)[0]).toBeGreaterThan(Math.max(...rest.slice(0, 9)));
    expect(held(12, 13)[0]).toBeLessThan(3 * (260 / 13));
  });

  test('[SH10] the load is balanced: no volunteer stores three times its share', () => {
    const { map, settle } = setup({ volunteers: 100, shards: 2000 });
    settle(0);
    const loads = Array.from({ length: 100 }, (_, i) => map.heldBy(sessionId(i)).shards);
    expect(Math.max(...loads)).toBeLessThan(3 * 40);
    expect(loads.reduce((sum, each) => sum + each)).toBe(4000);
  });

  test('[SH15] a shard of a file with two copies costs less than 500 bytes', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const shards = 200_000;
    const before = used();
    const map = new ShardMap(new Prng(1));
    for (let i = 0; i < 4; i++) map.onJoined(sessionId(i), peerId(`v${i}`));
    const rest = { bytes: MIB, copies: 2, hasOrigin: false, isRepaired: true };
    // Reports bring strings of their own.
    const names = () => Array.from({ length: shards }, (_, i) => decoded(shardOf(i)));
    map.keep(
      names().map((shard) => ({ shard, ...rest })),
      undefined,
    );
    for (const i of [1, 2]) map.onHeld(sessionId(i), names(), []);
    expect(map.counts()).toMatchObject({ wanted: shards, short: 0 });
    expect((used() - before) / shards).toBeLessThan(500);
  });

  test('a report twice, a drop of nothing and a stranger do no harm', () => {
    const { map } = setup({ volunteers: 1, shards: 1 });
    map.onHeld(sessionId(0), [shardOf(0)], []);
    map.onHeld(sessionId(0), [shardOf(0)], []);
    map.onHeld(sessionId(0), [], [shardOf(9)]);
    map.onHeld(sessionId(9), [shardOf(0)], []);
    map.onLeft(sessionId(9));
    map.check();
    expect(map.heldBy(sessionId(0))).toEqual({ shards: 1, bytes: MIB });
  });
});

test('[SH2] whatever happens, all wanted shards end with their replicas', () => {
  const action = fc.record({
    kind: fc.constantFrom('want', 'release', 'join', 'leave', 'report', 'drop', 'work', 'drops'),
    shard: fc.nat(9),
    session: fc.nat(7),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), fc.nat(), (actions, seed) => {
      const { map, settle } = setup({ volunteers: 0, shards: 0, seed });
      const wants = new Map<number, number>();
      const joined = new Map<number, SessionId>();
      let sessions = 0;
      let at = 0;
      for (const { kind, shard, session } of actions) {
        at += 7_000;
        const known = joined.get(session);
        if (kind === 'want') {
          map.want(shardOf(shard), MIB);
          wants.set(shard, (wants.get(shard) ?? 0) + 1);
        } else if (kind === 'release' && (wants.get(shard) ?? 0) > 0) {
          map.release(shardOf(shard));
          wants.set(shard, (wants.get(shard) ?? 0) - 1);
        } else if (kind === 'join' && known === undefined) {
          joined.set(session, sessionId(sessions));
          // Three identities at least, some with two tabs.
          map.onJoined(
            sessionId(sessions++),
            peerId(`p${session}`),
            `v${session % 5}` as VolunteerId,
          );
        } else if (kind === 'leave' && known !== undefined) {
          joined.delete(session);
          map.onLeft(known);
        } else if (known !== undefined && kind === 'report') {
          map.onHeld(known, [shardOf(shard)], []);
        } else if (known !== undefined && kind === 'drop') {
          map.onHeld(known, [], [shardOf(shard)]);
        } else if (kind === 'work') {
          map.work(at);
        } else if (kind === 'drops') {
          map.drops();
        }
        map.check();
      }
      for (let i = 0; i < 3; i++) map.onJoined(sessionId(sessions++), peerId(`q${i}`));
      settle(at + SHARD_LIMITS.REPLICATION_TIMEOUT_MS);
      expect(map.counts().short).toBe(0);
      for (const [shard, count] of wants) expect(map.isWanted(shardOf(shard))).toBe(count > 0);
    }),
    { numRuns: 200 },
  );
});
