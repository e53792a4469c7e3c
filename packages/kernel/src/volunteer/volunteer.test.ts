import { type JobId, LIMITS, leaseId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { assignOf, jobOf, proofOf, SMALL, sent, setup, shardOf, types } from './test-volunteer.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

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
    expect(sent(tell({ type: 'linked' }))).toMatchObject([
      { type: 'resume', leases: [{ lease: 1, from: 10, to: 20, next: 10 }] },
      { type: 'results', lease: 1, from: 10, busyMs: 5 },
      { type: 'heartbeat' },
    ]);
    expect(volunteer.view().outbox).toBe(0);
  });

  test('[VO27] leases of an earlier link are taken up again on the next, and void ones are revoked', () => {
    const { open, hear, tell, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2));
    tell({ type: 'unlinked' });
    const claim = (lease: number) => {
      const from = lease * 10;
      return { lease, jobId: 'ja', from, to: from + 10, proof: proofOf(lease), next: from };
    };
    expect(sent(tell({ type: 'linked' }))).toEqual([
      { type: 'resume', leases: [claim(1), claim(2)] },
      { type: 'heartbeat', workers: 1, accepting: true, running: 1 },
    ]);
    hear({ type: 'revoke', leases: [leaseId(1), leaseId(2)] });
    expect(volunteer.view()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('[VO28] what was said on an earlier link is not promised again, nor what the outbox lost', () => {
    const { open, hear, tell, ran } = setup();
    open('a');
    hear(assignOf('a', 2));
    ran(1, 4);
    const next = () => {
      tell({ type: 'unlinked' });
      const [message] = sent(tell({ type: 'linked' }));
      return message?.type === 'resume' ? message.leases.map((lease) => lease.next) : [];
    };
    expect(next()).toEqual([14, 20]);
    const lost = { from: 14, count: 1, values: new Uint8Array(1), busyMs: 1 };
    tell({ type: 'unlinked' });
    for (let i = 0; i < VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX + 1; i++) {
      tell({ type: 'tasks-ran', lease: leaseId(1), ...lost });
    }
    const [resumed] = sent(tell({ type: 'linked' }));
    expect(resumed).toMatchObject({
      leases: [
        { lease: 1, next: 15 },
        { lease: 2, next: 20 },
      ],
    });
    ran(1, 10);
    expect(next()).toEqual([20]);
  });

  test('[VO29] the leases of a resume are many messages where they are many', () => {
    const { open, hear, tell } = setup();
    open('a');
    for (let i = 2; i <= LIMITS.LEASES_PER_RESUME_MAX + 1; i++) hear(assignOf('a', i));
    tell({ type: 'unlinked' });
    const resumed = sent(tell({ type: 'linked' })).filter(({ type }) => type === 'resume');
    expect(resumed).toMatchObject([{ leases: { length: 256 } }, { leases: { length: 1 } }]);
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

  test('[VO5] of two jobs the one goes first that had less of the workers', () => {
    const { open, hear, ran, ended, stored, tell } = setup();
    open('a');
    ran(1);
    hear(assignOf('a', 2));
    hear(jobOf('b'));
    hear(assignOf('b', 3));
    stored('module b', SMALL);
    tell({ type: 'job-opened', jobId: 'jb' as JobId });
    expect(ended(1)).toMatchObject([{ type: 'run', lease: 3 }]);
    ran(3);
    hear(assignOf('b', 4));
    expect(ended(3)).toMatchObject([{ type: 'run', lease: 2 }]);
  });

  test('[VO5] no lease waits for half of its term because other jobs come', () => {
    const { open, hear, ran, ended, stored, tell, pass } = setup();
    open('a');
    ran(1);
    hear(assignOf('a', 2));
    hear(jobOf('b'));
    stored('module b', SMALL);
    pass(45_000);
    hear(assignOf('b', 3));
    tell({ type: 'job-opened', jobId: 'jb' as JobId });
    expect(ended(1)).toMatchObject([{ type: 'run', lease: 2 }]);
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

  test('[VO10] a closed job kills its runs and closes its sandbox; its shards stay for the next', () => {
    const { open, hear, stored, volunteer } = setup();
    open('a');
    hear(assignOf('a', 2, { name: 'chunk', bytes: SMALL }));
    stored('chunk', SMALL);
    const effects = hear({ type: 'job-closed', jobId: 'ja' as JobId });
    expect(types(effects)).toEqual(['kill-run', 'close-job']);
    expect(volunteer.view()).toMatchObject({ jobs: 0, running: 0, waiting: 0, shards: 2 });
    hear(jobOf('a'));
    expect(types(hear(assignOf('a', 3)))).toEqual(['open-job']);
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
      'send resume',
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
