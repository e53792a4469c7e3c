import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrive, leave, mayGo, newBarrier } from './barrier.ts';
import { add, COUNTER_CLIENTS_MAX, type Counter, NEW_COUNTER } from './counter.ts';
import { acquire, type LeaseSet, living, release, renew } from './lease-set.ts';

const lock = (...holders: readonly [string, number][]): LeaseSet => ({
  permits: 1,
  holders: holders.map(([id, expiresAt]) => ({ id, expiresAt })),
});

describe('a lock', () => {
  const claim = (holder: string, at: number) => ({ holder, at, leaseMs: 100 });

  test('[SY1] is given to one holder, who may ask again, and to the next when it ends', () => {
    expect(acquire(lock(), claim('a', 0))).toEqual({ type: 'granted', set: lock(['a', 100]) });
    expect(acquire(lock(['a', 100]), claim('a', 50))).toEqual({
      type: 'renewed',
      set: lock(['a', 150]),
    });
    expect(acquire(lock(['a', 100]), claim('b', 50))).toEqual({ type: 'full', retryAt: 100 });
    expect(acquire(lock(['a', 100]), claim('b', 100)).type).toBe('granted');
  });

  test('[SY1] that ended is renewed by nobody', () => {
    expect(renew(lock(['a', 100]), claim('a', 99))).toEqual(lock(['a', 199]));
    expect(renew(lock(['a', 100]), claim('a', 100))).toBeUndefined();
    expect(renew(lock(), claim('a', 0))).toBeUndefined();
  });

  test('[SY2] never has more holders than permits, whatever is asked', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const action = fc.tuple(fc.constantFrom('acquire', 'renew', 'release'), name, fc.nat(60));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(action), (permits, actions) => {
        let set: LeaseSet = { permits, holders: [] };
        let at = 0;
        for (const [what, holder, later] of actions) {
          at += later;
          const before = living(set, at).map(({ id }) => id);
          if (what === 'release') set = release(set, holder, at);
          else if (what === 'renew') set = renew(set, claim(holder, at)) ?? set;
          else {
            const granting = acquire(set, claim(holder, at));
            if (granting.type !== 'full') set = granting.set;
            expect(granting.type === 'full').toBe(
              before.length === permits && !before.includes(holder),
            );
          }
          expect(living(set, at).length).toBeLessThanOrEqual(permits);
        }
      }),
    );
  });
});

describe('a barrier', () => {
  test('[SY4] opens once all are there, and is a new one after that', () => {
    let barrier = arrive(arrive(newBarrier(2), 'a1'), 'a1');
    expect(mayGo(barrier, 'a1')).toBe(false);
    barrier = arrive(barrier, 'b1');
    expect([mayGo(barrier, 'a1'), mayGo(barrier, 'b1'), barrier.generation]).toEqual([
      true,
      true,
      1,
    ]);
    barrier = arrive(barrier, 'a2');
    expect([mayGo(barrier, 'a2'), mayGo(barrier, 'b1')]).toEqual([false, true]);
    expect(arrive(barrier, 'a1')).toEqual(barrier);
  });

  test('[SY4] does not count who left', () => {
    const barrier = leave(arrive(newBarrier(2), 'a'), 'a');
    expect(mayGo(arrive(barrier, 'b'), 'b')).toBe(false);
  });
});

describe('a counter', () => {
  test('[SY5] counts each addition once, however often it is repeated', () => {
    const addition = fc.record({
      client: fc.constantFrom('a', 'b', 'c'),
      delta: fc.integer({ min: -5, max: 5 }),
      times: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(addition), (additions) => {
        let counter: Counter = NEW_COUNTER;
        additions.forEach(({ client, delta, times }, sequence) => {
          for (let i = 0; i < times; i++)
            counter = add(counter, { client, sequence, delta }) ?? counter;
        });
        expect(counter.value).toBe(additions.reduce((sum, { delta }) => sum + delta, 0));
      }),
    );
  });

  test('[SY5] remembers a bounded number of clients, and refuses to leave the exact numbers', () => {
    let counter: Counter = NEW_COUNTER;
    for (let i = 0; i < COUNTER_CLIENTS_MAX + 10; i++)
      counter = add(counter, { client: `c${i}`, sequence: 0, delta: 1 }) ?? counter;
    expect(counter.seen.length).toBe(COUNTER_CLIENTS_MAX);
    const full = { value: Number.MAX_SAFE_INTEGER, seen: [] };
    expect(add(full, { client: 'a', sequence: 0, delta: 1 })).toBeUndefined();
  });
});
