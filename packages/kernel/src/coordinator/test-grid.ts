import {
  type AssignMessage,
  assert,
  type CoordinatorMessage,
  type ErrorCode,
  encodeValue,
  type JobId,
  type JobSpec,
  jobId,
  must,
  type PeerId,
  type Quorum,
  type SessionId,
  type ShardId,
  sessionId,
  type VolunteerId,
} from '@manytabs/protocol';
import type { SchedulingLimits } from '../scheduling/scheduling-limits.ts';
import { Coordinator } from './coordinator.ts';
import type { CoordinatorEffect, JournalRecord, ReplayedRecord } from './effect.ts';
import type { CoordinatorEvent, WorkMessage } from './event.ts';

// What the tests of the coordinator share: a machine whose every step is checked, and hands to play the world.

export const QUORUM_1: Quorum = {
  minQuorum: 1,
  targetResults: 1,
  maxErrorResults: 3,
  maxTotalResults: 10,
  maxSuccessResults: 6,
};
export const QUORUM_2: Quorum = { ...QUORUM_1, minQuorum: 2, targetResults: 2 };

export function testShard(number: number): ShardId {
  return number.toString(16).padStart(64, '0') as ShardId;
}

export function testJobId(number: number): JobId {
  return jobId(Uint8Array.from({ length: 13 }, (_, i) => (i === 0 ? number : 7)));
}

export function testVolunteerId(number: number): VolunteerId {
  const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  return `v${letters.padStart(26, 'a')}` as VolunteerId;
}

export function testSpec(changes: Partial<JobSpec> & { tasks?: number } = {}): JobSpec {
  const { tasks = 100, ...rest } = changes;
  return {
    name: 'a job',
    purpose: 'a test',
    program: {
      module: { kind: 'js', code: { shard: testShard(1), bytes: 100 }, export: 'default' },
      args: new Uint8Array([0xc0]),
      files: [],
      seed: 1,
      timeoutMs: 60_000,
      outputBytesMax: 1_000,
    },
    inputs: { kind: 'range', from: 0, to: tasks },
    quorum: QUORUM_1,
    priority: 5,
    ...rest,
  };
}

/** The column of the values that `resultOf` gives the tasks `[from, to)`. */
export function columnBytes(from: number, to: number, resultOf: (index: number) => unknown) {
  const values: Uint8Array[] = [];
  for (let index = from; index < to; index++) values.push(encodeValue(resultOf(index)));
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + value.length, 0));
  let at = 0;
  for (const value of values) {
    bytes.set(value, at);
    at += value.length;
  }
  return bytes;
}

export const square = (index: number): number => index * index;

/** An assignment that a volunteer holds, as far as messages told. */
export interface Held extends AssignMessage {
  readonly session: SessionId;
}

/** A reign of the coordinator, and the facts it starts from. */
export interface Life {
  readonly epoch: number;
  readonly journal: readonly JournalRecord[];
}

/** A record as it comes back from the journal. */
export function replayed(record: JournalRecord): ReplayedRecord {
  if (record.type !== 'tasks-final') return record;
  const { column, ...rest } = record;
  return { ...rest, from: column.from, to: column.to };
}

export class TestGrid {
  readonly machine: Coordinator;
  /** Over all lives. */
  readonly records: JournalRecord[] = [];
  readonly held = new Map<number, Held>();
  at = 1_000;
  #sessions = 0;

  constructor(limits: Partial<SchedulingLimits> = {}, life: Life = { epoch: 1, journal: [] }) {
    this.machine = new Coordinator({ seed: 1, epoch: life.epoch, limits });
    for (const record of life.journal) {
      this.machine.replay(replayed(record));
      this.records.push(record);
    }
    this.machine.check();
  }

  step(event: CoordinatorEvent): CoordinatorEffect[] {
    const effects = this.machine.step(event);
    this.machine.check();
    for (const effect of effects) this.#follow(effect);
    return effects;
  }

  submit(number: number, spec: JobSpec = testSpec()): CoordinatorEffect[] {
    const id = testJobId(number);
    return this.step({ type: 'job-submitted', at: this.at, jobId: id, owner: 'ann', spec });
  }

  control(number: number, action: 'pause' | 'resume' | 'cancel'): CoordinatorEffect[] {
    const id = testJobId(number);
    return this.step({ type: 'job-controlled', at: this.at, jobId: id, action, reason: 'asked' });
  }

  /** The volunteer of this number joins; its session is given back. */
  join(
    number: number,
    workers = 1,
    as: {
      memoryMB?: number;
      trusted?: boolean;
      owner?: string;
      network?: string | undefined;
      site?: string | undefined;
      engine?: string | undefined;
    } = {},
  ): { session: SessionId; effects: CoordinatorEffect[] } {
    const session = sessionId(++this.#sessions);
    const effects = this.step({
      type: 'volunteer-joined',
      at: this.at,
      session,
      volunteer: testVolunteerId(number),
      peer: `peer-${session}` as PeerId,
      workers,
      agent: 'test',
      road: 'memory',
      trusted: false,
      ...as,
    });
    return { session, effects };
  }

  leave(session: SessionId): CoordinatorEffect[] {
    const effects = this.step({ type: 'volunteer-left', at: this.at, session, reason: 'closed' });
    for (const held of this.heldBy(session)) this.held.delete(held.lease);
    return effects;
  }

  say(session: SessionId, message: WorkMessage): CoordinatorEffect[] {
    return this.step({ type: 'message-received', at: this.at, session, message });
  }

  heartbeat(session: SessionId, workers = 1, accepting = true): CoordinatorEffect[] {
    return this.say(session, { type: 'heartbeat', workers, accepting, running: 0 });
  }

  tick(): CoordinatorEffect[] {
    return this.step({ type: 'tick', at: this.at });
  }

  /** Lets time go by, ticking as the machine asks, with everybody named still beating. */
  pass(ms: number, alive: readonly SessionId[] = []): CoordinatorEffect[] {
    const effects: CoordinatorEffect[] = [];
    const end = this.at + ms;
    let beatAt = this.at + 2_000;
    while (this.at < end) {
      const wakeAt = Math.max(this.machine.wakeAt() ?? end, this.at + 1);
      this.at = Math.min(end, wakeAt, beatAt);
      effects.push(...this.tick());
      if (this.at < beatAt) continue;
      for (const session of alive) effects.push(...this.heartbeat(session));
      beatAt = this.at + 2_000;
    }
    return effects;
  }

  heldBy(session: SessionId): Held[] {
    return [...this.held.values()].filter((held) => held.session === session);
  }

  first(session: SessionId): Held {
    return must(this.heldBy(session)[0], 'the volunteer holds an assignment');
  }

  /** Reports results of an assignment, or of a part of it, `msPerTask` after now. */
  report(
    held: Held,
    options: {
      resultOf?: (index: number) => unknown;
      from?: number;
      to?: number;
      msPerTask?: number;
    } = {},
  ): CoordinatorEffect[] {
    const { resultOf = square, from = held.from, to = held.to, msPerTask = 10 } = options;
    const values = columnBytes(from, to, resultOf);
    const busyMs = msPerTask * (to - from);
    this.at += busyMs;
    if (to === held.to) this.held.delete(held.lease);
    return this.say(held.session, { type: 'results', lease: held.lease, from, values, busyMs });
  }

  fail(held: Held, index: number, code: ErrorCode = 'task-threw', message = 'boom') {
    if (index === held.to - 1) this.held.delete(held.lease);
    const error = { index, code, message, busyMs: 1 };
    return this.say(held.session, { type: 'task-failed', lease: held.lease, ...error });
  }

  /** Everybody reports in turn until nobody holds anything; `resultOf` may lie by session. */
  run(resultOf: (index: number, session: SessionId) => unknown = square, stepsMax = 10_000): void {
    for (let steps = 0; this.held.size > 0; steps++) {
      assert(steps < stepsMax, 'the work comes to an end');
      for (const held of [...this.held.values()]) {
        if (!this.held.has(held.lease)) continue;
        this.report(held, { resultOf: (index) => resultOf(index, held.session), msPerTask: 0.01 });
      }
    }
  }

  view(number = 1) {
    return must(this.machine.job(testJobId(number)), 'the job is known');
  }

  recordsOf<Type extends JournalRecord['type']>(type: Type) {
    return this.records.filter((r): r is Extract<JournalRecord, { type: Type }> => r.type === type);
  }

  #follow(effect: CoordinatorEffect): void {
    if (effect.type === 'append') this.records.push(effect.record);
    if (effect.type === 'close') {
      for (const held of this.heldBy(effect.session)) this.held.delete(held.lease);
    }
    if (effect.type !== 'send') return;
    const { message, to } = effect;
    if (message.type === 'assign') this.held.set(message.lease, { ...message, session: to });
    if (message.type === 'revoke') for (const lease of message.leases) this.held.delete(lease);
  }
}

type MessageOf<Type> = Extract<CoordinatorMessage, { type: Type }>;

/** The messages of one type that were sent, with their receiver. */
export function sent<Type extends CoordinatorMessage['type']>(
  effects: readonly CoordinatorEffect[],
  type: Type,
): (MessageOf<Type> & { session: SessionId })[] {
  const messages: (MessageOf<Type> & { session: SessionId })[] = [];
  for (const effect of effects) {
    if (effect.type !== 'send' || effect.message.type !== type) continue;
    messages.push({ ...(effect.message as MessageOf<Type>), session: effect.to });
  }
  return messages;
}
