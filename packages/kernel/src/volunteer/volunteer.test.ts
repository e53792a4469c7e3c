import {
  type AssignMessage,
  COORDINATOR_PEER_ID,
  type JobId,
  type JobMessage,
  LIMITS,
  leaseId,
  peerId,
  type ShardId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { VolunteerEffect } from './effect.ts';
import type { DonorCommand, VolunteerEvent } from './event.ts';
import { Volunteer } from './volunteer.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

// A world of one volunteer: the test is its coordinator, its runtime and its store.

type Untimed<E> = E extends VolunteerEvent ? Omit<E, 'at'> : never;
type Message = Extract<VolunteerEvent, { type: 'message-received' }>['message'];

const SMALL = 1_000;
const LARGE = 1024 * 1024;

function shardOf(name: string): ShardId {
  const digits = [...name].map((char) => char.charCodeAt(0).toString(16)).join('');
  return digits.padStart(64, '0') as ShardId;
}

function jobOf(name: string, files: readonly string[] = []): JobMessage {
  const shards = files.map((file) => ({ shard: shardOf(file), bytes: LARGE }));
  return {
    type: 'job',
    jobId: `j${name}` as JobId,
    name,
    purpose: 'a test',
    submitter: 'me',
    program: {
      module: {
        kind: 'js',
        code: { shard: shardOf(`module ${name}`), bytes: SMALL },
        export: 'default',
      },
      args: new Uint8Array(),
      files: shards.map((ref, i) => ({ path: `f${i}`, bytes: LARGE, shards: [ref] })),
      rangeFrom: 0,
      seed: 1,
      timeoutMs: 60_000,
      outputBytesMax: 1000,
    },
  };
}

function assignOf(job: string, lease: number, chunk?: { name: string; bytes: number }) {
  const message: AssignMessage = {
    type: 'assign',
    jobId: `j${job}` as JobId,
    lease: leaseId(lease),
    from: lease * 10,
    to: lease * 10 + 10,
    expiresInMs: 90_000,
  };
  if (!chunk) return message;
  return { ...message, chunk: { shard: shardOf(chunk.name), bytes: chunk.bytes }, chunkFrom: 0 };
}

function setup(options: { workers?: number; linked?: boolean; started?: boolean } = {}) {
  const volunteer = new Volunteer({ workers: options.workers ?? 1 });
  let at = 1_000;
  const tell = (event: Untimed<VolunteerEvent>): VolunteerEffect[] => {
    const effects = volunteer.step({ ...event, at } as VolunteerEvent);
    volunteer.check();
    return effects;
  };
  const grid = {
    volunteer,
    tell,
    hear: (message: Message) => tell({ type: 'message-received', message }),
    command: (command: DonorCommand) => tell({ type: 'commanded', command }),
    stored: (name: string, bytes = LARGE) =>
      tell({ type: 'shard-stored', shard: shardOf(name), bytes }),
    ran: (lease: number, count = 10) =>
      tell({
        type: 'tasks-ran',
        lease: leaseId(lease),
        from: lease * 10,
        count,
        values: new Uint8Array(count),
        busyMs: 5,
      }),
    ended: (lease: number) => tell({ type: 'run-ended', lease: leaseId(lease) }),
    /** Lets time pass to the next thing due. */
    wake: (): VolunteerEffect[] => {
      at = Math.max(at, volunteer.wakeAt() ?? at);
      return tell({ type: 'tick' });
    },
    pass: (ms: number): VolunteerEffect[] => {
      const effects: VolunteerEffect[] = [];
      const until = at + ms;
      for (let due = volunteer.wakeAt(); due !== undefined && due <= until; ) {
        at = Math.max(at, due);
        effects.push(...tell({ type: 'tick' }));
        due = volunteer.wakeAt();
      }
      at = until;
      return [...effects, ...tell({ type: 'tick' })];
    },
    /** Announces a job without files and gets it to run: its sandbox is open. */
    open: (name: string) => {
      grid.hear(jobOf(name));
      grid.stored(`module ${name}`, SMALL);
      const effects = grid.hear(assignOf(name, 1));
      expect(effects.map((effect) => effect.type)).toContain('open-job');
      return tell({ type: 'job-opened', jobId: `j${name}` as JobId });
    },
  };
  if (options.started !== false) grid.command('start');
  if (options.linked !== false) tell({ type: 'linked' });
  return grid;
}

function sent(effects: readonly VolunteerEffect[]): VolunteerMessage[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
}

function types(effects: readonly VolunteerEffect[]): string[] {
  return effects.map((each) => (each.type === 'send' ? `send ${each.message.type}` : each.type));
}

function fetches(effects: readonly VolunteerEffect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'fetch' ? [effect.from] : []));
}

describe('the link', () => {
  test('[VO1] it says what it holds, hands in what waited and beats its heart', () => {
    const { stored, tell } = setup({ linked: false });
    stored('a');
    stored('small', SMALL);
    const effects = tell({ type: 'linked' });
    expect(sent(effects)).toEqual([
      { type: 'heartbeat', workers: 1, accepting: true, running: 0 },
      { type: 'held', added: [shardOf('a')], dropped: [] },
    ]);
  });

  test('[VO1] a long list of shards goes in pieces', () => {
    const { stored, tell } = setup({ linked: false });
    for (let i = 0; i < LIMITS.HELD_SHARDS_PER_REPORT_MAX + 1; i++) stored(`s${i}`, 20_000);
    const held = sent(tell({ type: 'linked' })).filter((message) => message.type === 'held');
    expect(held.map((message) => message.added.length)).toEqual([1024, 1]);
  });

  test('[VO2] a heartbeat leaves every HEARTBEAT_MS while linked, and none without a link', () => {
    const { pass, tell } = setup();
    const beats = sent(pass(10 * LIMITS.HEARTBEAT_MS));
    expect(beats.filter((message) => message.type === 'heartbeat')).toHaveLength(10);
    tell({ type: 'unlinked' });
    expect(sent(pass(10 * LIMITS.HEARTBEAT_MS))).toEqual([]);
  });

  test('[VO3] results without a link wait, bounded, and leave with the next link', () => {
    const { open, tell, ran, ended, volunteer } = setup();
    open('a');
    tell({ type: 'unlinked' });
    expect(ran(1)).toEqual([]);
    ended(1);
    expect(volunteer.view().outbox).toBe(1);
    const results = sent(tell({ type: 'linked' }))[0];
    expect(results).toMatchObject({ type: 'results', lease: 1, from: 10, busyMs: 5 });
    expect(volunteer.view().outbox).toBe(0);
  });

  test('[VO27] leases of an earlier link are mentioned on the next, so that void ones are revoked', () => {
    const { open, hear, tell, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2));
    tell({ type: 'unlinked' });
    expect(sent(tell({ type: 'linked' }))).toEqual([
      { type: 'progress', lease: 1, index: 10, fraction: 0, note: '' },
      { type: 'progress', lease: 2, index: 20, fraction: 0, note: '' },
      { type: 'heartbeat', workers: 1, accepting: true, running: 1 },
    ]);
    hear({ type: 'revoke', leases: [leaseId(1), leaseId(2)] });
    expect(volunteer.view()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('[VO3] the oldest results go when the outbox is full', () => {
    const { open, tell, ran, volunteer } = setup();
    open('a');
    tell({ type: 'unlinked' });
    for (let i = 0; i < VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX + 5; i++) ran(1, 1);
    expect(volunteer.view().outbox).toBe(VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX);
  });
});

describe('running', () => {
  test('[VO4] a job is opened once, when its module and files are here', () => {
    const { hear, stored, tell } = setup();
    hear(jobOf('a', ['mesh']));
    expect(types(hear(assignOf('a', 1)))).toEqual(['send locate']);
    hear({ type: 'holders', shard: shardOf('mesh'), peers: [] });
    expect(types(stored('module a', SMALL))).toEqual([]);
    expect(types(stored('mesh'))).toEqual(['open-job', 'send held']);
    expect(types(hear(assignOf('a', 2)))).toEqual([]);
    expect(types(tell({ type: 'job-opened', jobId: 'ja' as JobId }))).toEqual(['run']);
  });

  test('[VO5] at most `workers` runs at once, in the order they came', () => {
    const { open, hear, ran, ended, volunteer } = setup({ workers: 2 });
    const started = open('a');
    expect(started).toMatchObject([{ type: 'run', lease: 1, from: 10, to: 20 }]);
    expect(hear(assignOf('a', 2))).toMatchObject([{ type: 'run', lease: 2 }]);
    expect(hear(assignOf('a', 3))).toEqual([]);
    expect(hear(assignOf('a', 4))).toEqual([]);
    expect(sent(ran(2))).toMatchObject([{ type: 'results', lease: 2 }]);
    expect(ended(2)).toMatchObject([{ type: 'run', lease: 3 }]);
    expect(volunteer.view()).toMatchObject({ running: 2, waiting: 1 });
  });

  test('[VO5] more workers start more runs with the next step', () => {
    const { open, hear, tell, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2));
    volunteer.setWorkers(2);
    expect(tell({ type: 'tick' })).toMatchObject([
      { type: 'run', lease: 2 },
      { type: 'send', message: { type: 'heartbeat', workers: 2, running: 2 } },
    ]);
  });

  test('[VO6] a lease over the bound, of an unknown job or without tasks is given back', () => {
    const { open, hear, volunteer } = setup();
    open('a');
    expect(sent(hear(assignOf('b', 900)))).toMatchObject([
      { type: 'leases-returned', leases: [900], reason: 'the job is unknown here' },
    ]);
    expect(sent(hear({ ...assignOf('a', 901), to: 0 }))).toMatchObject([{ leases: [901] }]);
    for (let i = 2; i <= VOLUNTEER_LIMITS.LEASES_MAX; i++) hear(assignOf('a', i));
    expect(sent(hear(assignOf('a', 902)))).toMatchObject([{ reason: 'the queue is full' }]);
    expect(volunteer.view().waiting).toBe(VOLUNTEER_LIMITS.LEASES_MAX - 1);
  });

  test('[VO7] a failed task is reported and the run goes on', () => {
    const { open, tell, volunteer } = setup();
    open('a');
    const failure = {
      lease: leaseId(1),
      index: 10,
      code: 'task-threw',
      message: 'no',
      busyMs: 1,
    } as const;
    expect(sent(tell({ type: 'task-failed', ...failure }))).toEqual([
      { type: 'task-failed', ...failure },
    ]);
    expect(volunteer.view().running).toBe(1);
  });

  test('[VO8] nothing is sent under a revoked lease, and its run is killed', () => {
    const { open, hear, ran, tell } = setup();
    open('a');
    hear(assignOf('a', 2));
    tell({ type: 'unlinked' });
    ran(1);
    tell({ type: 'linked' });
    tell({ type: 'unlinked' });
    ran(1);
    const effects = hear({ type: 'revoke', leases: [leaseId(1), leaseId(7)] });
    expect(effects).toMatchObject([
      { type: 'kill-run', lease: 1 },
      { type: 'run', lease: 2 },
    ]);
    expect(ran(1)).toEqual([]);
    expect(types(tell({ type: 'linked' }))).not.toContain('send results');
  });

  test('[VO9] a job that cannot run here is refused once and its leases given back', () => {
    const { hear, stored, tell } = setup();
    hear(jobOf('a'));
    stored('module a', SMALL);
    hear(assignOf('a', 1));
    hear(assignOf('a', 2));
    const jobId = 'ja' as JobId;
    const refusal = { jobId, code: 'wasm-invalid', message: 'bad' } as const;
    expect(sent(tell({ type: 'job-refused', ...refusal }))).toEqual([
      { type: 'job-refused', ...refusal },
      { type: 'leases-returned', leases: [1, 2], reason: 'the job cannot run here' },
    ]);
    expect(sent(hear(assignOf('a', 3)))).toMatchObject([{ type: 'leases-returned', leases: [3] }]);
  });

  test('[VO10] a closed job kills its runs, closes its sandbox and drops what it alone needed', () => {
    const { open, hear, stored, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2, { name: 'chunk', bytes: SMALL }));
    stored('chunk', SMALL);
    const effects = hear({ type: 'job-closed', jobId: 'ja' as JobId });
    expect(types(effects)).toEqual(['kill-run', 'close-job', 'drop-shard', 'drop-shard']);
    expect(volunteer.view()).toMatchObject({ jobs: 0, running: 0, waiting: 0, shards: 0 });
  });

  test('[VO26] a sandbox without a lease is closed after a while, and what nobody wants goes', () => {
    const { hear, stored, tell, ended, pass, volunteer } = setup();
    hear(jobOf('a', ['mesh']));
    stored('module a', SMALL);
    stored('mesh');
    hear(assignOf('a', 1));
    tell({ type: 'job-opened', jobId: 'ja' as JobId });
    ended(1);
    // The news that the job ended was lost with a link.
    expect(hear({ type: 'drop-shards', shards: [shardOf('mesh')] })).toEqual([]);
    const effects = types(pass(VOLUNTEER_LIMITS.JOB_IDLE_MS));
    expect(effects.filter((type) => !type.startsWith('send h'))).toEqual([
      'close-job',
      'drop-shard',
    ]);
    expect(volunteer.view()).toMatchObject({ shards: 1, jobs: 1 });
    expect(types(hear(assignOf('a', 2)))).toEqual(['send locate']);
  });

  test('[VO11] a lease that expired before it could start is given back', () => {
    const { open, hear, pass, ended } = setup();
    open('a');
    hear(assignOf('a', 2));
    pass(90_000);
    expect(types(ended(1))).toEqual(['send leases-returned']);
  });

  test('[VO12] only so many sandboxes: an idle one makes room', () => {
    const { hear, stored, ended, tell, open } = setup({ workers: 20 });
    open('0');
    for (let i = 1; i < VOLUNTEER_LIMITS.OPEN_JOBS_MAX; i++) {
      hear(jobOf(`${i}`));
      stored(`module ${i}`, SMALL);
      hear(assignOf(`${i}`, 100 + i));
      tell({ type: 'job-opened', jobId: `j${i}` as JobId });
    }
    hear(jobOf('more'));
    stored('module more', SMALL);
    expect(types(hear(assignOf('more', 200)))).toEqual([]);
    expect(types(ended(103))).toEqual(['close-job', 'open-job']);
  });
});

describe('shards', () => {
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

describe('the donor decides', () => {
  test('[VO21] pause holds what runs, keeps leases and takes nothing; start goes on', () => {
    const { open, hear, command, ended } = setup();
    open('a');
    hear(assignOf('a', 2));
    expect(command('pause')).toMatchObject([
      { type: 'hold', held: true },
      { type: 'send', message: { type: 'heartbeat', accepting: false, running: 1 } },
    ]);
    expect(sent(hear(assignOf('a', 3)))).toMatchObject([{ type: 'leases-returned', leases: [3] }]);
    expect(ended(1)).toEqual([]);
    expect(types(command('start'))).toEqual(['hold', 'run', 'send heartbeat']);
  });

  test('[VO22] finish gives back what waits, ends what runs, says goodbye and rests', () => {
    const { open, hear, command, ran, ended } = setup();
    open('a');
    hear(assignOf('a', 2));
    expect(types(command('finish'))).toEqual(['send heartbeat', 'send leases-returned']);
    expect(types(ran(1))).toEqual(['send results']);
    expect(types(ended(1))).toEqual(['close-job', 'send goodbye', 'stopped']);
  });

  test('[VO22] finish without a link waits a while for one', () => {
    const { open, tell, command, ran, ended, pass, volunteer } = setup();
    open('a');
    tell({ type: 'unlinked' });
    ran(1);
    command('finish');
    expect(ended(1)).toEqual([]);
    expect(types(tell({ type: 'linked' }))).toEqual([
      'send results',
      'close-job',
      'send goodbye',
      'stopped',
    ]);
    expect(pass(60_000)).toEqual([]);
    expect(volunteer.wakeAt()).toBe(undefined);
  });

  test('[VO23] stop kills and gives back everything at once', () => {
    const { open, hear, command, ran, pass, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2));
    const effects = command('stop');
    expect(types(effects)).toEqual([
      'kill-run',
      'close-job',
      'send leases-returned',
      'send goodbye',
      'stopped',
    ]);
    expect(ran(1)).toEqual([]);
    expect(pass(60_000)).toEqual([]);
    expect(volunteer.view()).toMatchObject({ phase: 'stopped', running: 0, waiting: 0 });
  });

  test('[VO23] what was stopped may start again, and a paused one is not held then', () => {
    const { open, command, hear, tell } = setup();
    open('a');
    command('pause');
    expect(command('stop')).toContainEqual({ type: 'hold', held: false });
    expect(types(command('start'))).toEqual(['send heartbeat']);
    expect(types(hear(assignOf('a', 5)))).toEqual(['open-job']);
    expect(types(tell({ type: 'job-opened', jobId: 'ja' as JobId }))).toEqual(['run']);
  });

  test('[VO24] a command that makes no sense now does nothing', () => {
    const { command } = setup({ started: false });
    expect(command('pause')).toEqual([]);
    expect(types(command('start'))).toEqual(['send heartbeat']);
    expect(command('start')).toEqual([]);
  });

  test('[VO25] a refusal is shown, but a stale lease is nobody’s fault', () => {
    const { hear, volunteer } = setup();
    hear({ type: 'reject', code: 'lease-stale', message: 'late' });
    expect(volunteer.view().problem).toBe(undefined);
    hear({ type: 'reject', code: 'rate-limited', message: 'slow down' });
    expect(volunteer.view().problem).toEqual({ code: 'rate-limited', message: 'slow down' });
  });
});
