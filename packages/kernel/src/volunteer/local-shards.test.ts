import {
  COORDINATOR_PEER_ID,
  type JobId,
  LIMITS,
  leaseId,
  peerId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { VolunteerEffect } from './effect.ts';
import {
  assignOf,
  fetches,
  jobOf,
  LARGE,
  type Message,
  SMALL,
  sent,
  setup,
  shardOf,
  types,
} from './test-volunteer.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

describe('shards', () => {
  test('[VO30] what the donor no longer has room for is dropped, what was kept longest first', () => {
    const { hear, stored, volunteer, pass } = setup();
    for (const name of ['old', 'middle', 'young']) {
      stored(name);
      hear({ type: 'replicate', shard: shardOf(name), bytes: LARGE, peers: [] });
    }
    volunteer.setStorage(1.5 * LARGE);
    const dropped = pass(1).flatMap((effect) =>
      effect.type === 'drop-shard' ? [effect.shard] : [],
    );
    expect(dropped).toEqual([shardOf('old'), shardOf('middle')]);
    expect(volunteer.view().shardBytes).toBeLessThanOrEqual(1.5 * LARGE);
    const refused = hear({ type: 'replicate', shard: shardOf('new'), bytes: LARGE, peers: [] });
    expect(sent(refused)).toContainEqual(
      expect.objectContaining({ type: 'held', dropped: [shardOf('new')] }),
    );
  });

  test('[VO31] a browser that takes no more: the copy is refused, and what nothing uses makes room', () => {
    const { hear, stored, tell } = setup();
    stored('kept');
    hear({ type: 'drop-shards', shards: [] });
    const asked = hear({
      type: 'replicate',
      shard: shardOf('new'),
      bytes: LARGE,
      peers: [peerId('v1')],
    });
    expect(fetches(asked)).toEqual(['v1']);
    const from = peerId('v1');
    const after = tell({ type: 'fetch-failed', shard: shardOf('new'), from, code: 'storage-full' });
    expect(fetches(after)).toEqual([]);
    expect(sent(after)).toContainEqual(
      expect.objectContaining({ type: 'held', dropped: [shardOf('new')] }),
    );
  });

  test('[VO13] tabs are asked first and the coordinator last', () => {
    const { hear, tell } = setup();
    hear(jobOf('a', ['mesh']));
    hear(assignOf('a', 1));
    const peers = ['v1', 'v2', 'coordinator'].map(peerId);
    const asked = fetches(hear({ type: 'holders', shard: shardOf('mesh'), peers }));
    for (let i = 0; i < 2; i++) {
      const from = peerId(asked.at(-1) ?? '');
      asked.push(
        ...fetches(
          tell({ type: 'fetch-failed', shard: shardOf('mesh'), from, code: 'shard-missing' }),
        ),
      );
    }
    expect(asked.slice(0, 2).toSorted()).toEqual(['v1', 'v2']);
    expect(asked[2]).toBe(COORDINATOR_PEER_ID);
  });

  test('[VO14] after a failed round it rests longer each time, then gives the lease back', () => {
    const { hear, tell, wake, stored, volunteer } = setup();
    hear(jobOf('a', ['mesh']));
    stored('module a', SMALL);
    hear(assignOf('a', 1));
    const messages: VolunteerMessage[] = [];
    for (let i = 0; i < 200 && volunteer.view().waiting > 0; i++) {
      for (const effect of wake()) {
        if (effect.type === 'send') messages.push(effect.message);
        if (effect.type !== 'fetch') continue;
        const { shard, from } = effect;
        messages.push(...sent(tell({ type: 'fetch-failed', shard, from, code: 'timeout' })));
      }
    }
    expect(messages.filter((message) => message.type === 'locate')).toHaveLength(3);
    expect(messages).toContainEqual(
      expect.objectContaining({ type: 'leases-returned', leases: [leaseId(1)] }),
    );
    expect(volunteer.view()).toMatchObject({ waiting: 0, fetching: 0 });
  });

  test('[VO15] a small shard that is not pushed is fetched from the coordinator', () => {
    const { hear, pass } = setup();
    hear(jobOf('a'));
    expect(hear(assignOf('a', 1))).toEqual([]);
    expect(fetches(pass(VOLUNTEER_LIMITS.PUSH_WAIT_MS))).toEqual([COORDINATOR_PEER_ID]);
  });

  test('[VO16] fetches at a time are bounded, and one shard is fetched once', () => {
    const { hear, volunteer } = setup();
    hear(jobOf('a', ['1', '2', '3', '4', '5', '6', '7', '8', '1']));
    const located = sent(hear(assignOf('a', 1)));
    expect(located).toHaveLength(VOLUNTEER_LIMITS.FETCHES_MAX);
    hear(jobOf('b', ['1']));
    expect(hear(assignOf('b', 2))).toEqual([]);
    expect(volunteer.view().fetching).toBe(VOLUNTEER_LIMITS.FETCHES_MAX);
  });

  test('[VO16] what nobody waits for any longer is not looked for after a lost link', () => {
    const { hear, tell, stored } = setup();
    hear(jobOf('a', ['mesh']));
    stored('module a', SMALL);
    expect(types(hear(assignOf('a', 1)))).toEqual(['send locate']);
    hear({ type: 'job-closed', jobId: 'ja' as JobId });
    tell({ type: 'unlinked' });
    expect(types(tell({ type: 'linked' }))).toEqual(['send heartbeat']);
  });

  test('[VO17] a shard it was asked to keep outlives the job; a drop order ends that', () => {
    const { hear, stored, volunteer } = setup();
    const shard = shardOf('kept');
    const order: Message = { type: 'replicate', shard, bytes: LARGE, peers: [peerId('v1')] };
    expect(fetches(hear(order))).toEqual(['v1']);
    expect(sent(stored('kept'))).toEqual([{ type: 'held', added: [shard], dropped: [] }]);
    hear({ type: 'job-closed', jobId: 'ja' as JobId });
    expect(volunteer.view().shards).toBe(1);
    expect(types(hear({ type: 'drop-shards', shards: [shard] }))).toEqual([
      'drop-shard',
      'send held',
    ]);
  });

  test('[VO18] a replica there is no room for is refused by a drop', () => {
    const { hear, volunteer } = setup();
    const bytes = LIMITS.SHARD_BYTES_MAX;
    const fits = VOLUNTEER_LIMITS.KEPT_BYTES_MAX / bytes;
    for (let i = 0; i < fits; i++) {
      hear({ type: 'replicate', shard: shardOf(`k${i}`), bytes, peers: [] });
    }
    const shard = shardOf('more');
    expect(sent(hear({ type: 'replicate', shard, bytes, peers: [] }))).toEqual([
      { type: 'held', added: [], dropped: [shard] },
    ]);
    expect(volunteer.view().fetching).toBe(VOLUNTEER_LIMITS.FETCHES_MAX);
  });

  test('[VO19] idle shards are bounded: the longest unused goes first', () => {
    const { stored, hear, open, ended, volunteer } = setup();
    open('a');
    ended(1);
    const bytes = LIMITS.SHARD_BYTES_MAX;
    const dropped: VolunteerEffect[] = [];
    for (let i = 0; i < 40; i++) {
      hear(assignOf('a', 10 + i, { name: `c${i}`, bytes }));
      stored(`c${i}`, bytes);
      dropped.push(...ended(10 + i).filter((effect) => effect.type === 'drop-shard'));
    }
    expect(dropped[0]).toEqual({ type: 'drop-shard', shard: shardOf('c0') });
    expect(volunteer.view().shardBytes).toBeLessThanOrEqual(
      VOLUNTEER_LIMITS.IDLE_BYTES_MAX + SMALL,
    );
  });

  test('[VO40] idle small shards are bounded in number, and the coordinator hears which went', () => {
    const { stored, hear, open, ended, tell, volunteer } = setup();
    open('a');
    ended(1);
    const effects: VolunteerEffect[] = [];
    for (let i = 0; i <= VOLUNTEER_LIMITS.IDLE_SMALL_SHARDS_MAX; i++) {
      hear(assignOf('a', 10 + i, { name: `c${i}`, bytes: SMALL }));
      stored(`c${i}`, SMALL);
      effects.push(...ended(10 + i));
    }
    const dropped = effects.flatMap((each) => (each.type === 'drop-shard' ? [each.shard] : []));
    expect(dropped[0]).toBe(shardOf('c0'));
    expect(sent(effects).filter(({ type }) => type === 'held')).toEqual([
      { type: 'held', added: [], dropped },
    ]);
    expect(volunteer.view().shards).toBeLessThanOrEqual(VOLUNTEER_LIMITS.IDLE_SMALL_SHARDS_MAX);
    for (const shard of dropped) expect(tell({ type: 'shard-dropped', shard })).toEqual([]);
  });

  test('[VO20] a shard the browser threw away is reported, and fetched again where it is needed', () => {
    const { hear, stored, tell } = setup();
    hear(jobOf('a', ['mesh', 'other']));
    hear(assignOf('a', 1));
    stored('mesh');
    const effects = tell({ type: 'shard-dropped', shard: shardOf('mesh') });
    expect(sent(effects)).toEqual([
      { type: 'locate', shard: shardOf('mesh') },
      { type: 'held', added: [], dropped: [shardOf('mesh')] },
    ]);
    stored('other');
    stored('module a', SMALL);
    expect(types(stored('mesh'))).toEqual(['open-job', 'send held']);
  });
});
