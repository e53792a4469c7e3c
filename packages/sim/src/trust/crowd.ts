import {
  Coordinator,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type JournalRecord,
} from '@manytabs/kernel';
import {
  type AssignMessage,
  type Check,
  decodeValue,
  encodeValue,
  type JobSpec,
  jobId,
  type LeaseId,
  type PeerId,
  Prng,
  type SessionId,
  sessionId,
  type VolunteerId,
} from '@manytabs/protocol';
import { EventQueue } from '../event-queue.ts';
import { type Habit, Member, rightValue } from './member.ts';

export interface CrowdOptions {
  readonly seed: number;
  readonly members: Readonly<Partial<Record<Habit, number>>>;
  readonly tasks: number;
  readonly wakesAfter: number;
  readonly rules: Pick<JobSpec, 'tier' | 'quorum'> & { readonly check?: Check };
  /** Gets every event the coordinator was told, in order. */
  readonly record?: ((event: CoordinatorEvent) => void) | undefined;
}

/** What a crowd came to. */
export interface Outcome {
  readonly tasks: number;
  readonly final: number;
  readonly wrong: number;
  readonly executions: number;
  /** Results that somebody looked at. */
  readonly checks: number;
  /** Executions of the trusted volunteer. */
  readonly trusted: number;
  /** Identities that were shut out: those who lie, and others. */
  readonly caught: number;
  readonly innocent: number;
  readonly stepMs: number;
  readonly results: number;
}

/** What looking at a result costs, of what computing it does. */
const CHECK_SHARE = 0.05;
const JOB = jobId(new Uint8Array(13).fill(7));
const START_AT = 1_000_000;
const BEAT_MS = 2_000;
const VIRTUAL_MS_MAX = 3_600_000;

/** A real coordinator among made-up volunteers that only compute and report, on virtual time. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #machine: Coordinator;
  readonly #queue = new EventQueue(START_AT);
  readonly #prng: Prng;
  readonly #members = new Map<SessionId, Member>();
  readonly #work = new Map<SessionId, AssignMessage[]>();
  readonly #busy = new Set<SessionId>();
  readonly #lies = new Set<number>();
  readonly #caught = new Set<VolunteerId>();
  readonly #bad = new Set<VolunteerId>();
  #sessions = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #isOver = false;
  #counts = { final: 0, wrong: 0, executions: 0, checks: 0, trusted: 0, stepMs: 0, results: 0 };

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#prng = new Prng(options.seed, 'crowd');
    this.#machine = new Coordinator({ seed: options.seed, epoch: 1 });
  }

  run(): Outcome {
    for (const [habit, count] of Object.entries(this.#options.members)) {
      for (let i = 0; i < count; i++)
        this.#queue.after(this.#prng.int(500), () => this.#enter(habit as Habit));
    }
    this.#queue.after(600, () => this.#submit());
    while (!this.#isOver && this.#queue.next(START_AT + VIRTUAL_MS_MAX));
    const caught = [...this.#caught].filter((id) => this.#bad.has(id)).length;
    const { tasks } = this.#options;
    return { tasks, ...this.#counts, caught, innocent: this.#caught.size - caught };
  }

  #submit(): void {
    const { tasks, rules: all } = this.#options;
    const { check, ...rules } = all;
    const code = { shard: '0'.repeat(64) as never, bytes: 100 };
    const spec: JobSpec = {
      name: 'a job',
      purpose: '',
      program: {
        module: { kind: 'js', code, export: 'default' },
        args: encodeValue(null),
        files: [],
        rangeFrom: 0,
        seed: 1,
        timeoutMs: 60_000,
        outputBytesMax: 1_000,
        ...(check ? { check } : {}),
      },
      inputs: { kind: 'range', from: 0, to: tasks },
      priority: 5,
      ...rules,
    };
    this.#step({ type: 'job-submitted', jobId: JOB, owner: 'ann', spec });
  }

  #enter(habit: Habit): void {
    const id = this.#newIdentity();
    const prng = this.#prng.fork(`member ${id.session}`);
    const { wakesAfter } = this.#options;
    const member = new Member(habit, { prng, ...id, wakesAfter });
    this.#join(member);
    const beat = () => {
      if (this.#isOver) return;
      if (this.#members.has(member.session)) this.#beat(member);
      this.#queue.after(BEAT_MS, beat);
    };
    this.#queue.after(this.#prng.int(BEAT_MS), beat);
  }

  #newIdentity(): { session: SessionId; volunteer: VolunteerId } {
    const number = ++this.#sessions;
    const letters = [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    return {
      session: sessionId(number),
      volunteer: `v${letters.padStart(26, 'k')}` as VolunteerId,
    };
  }

  #join(member: Member): void {
    const { session, volunteer } = member;
    this.#members.set(session, member);
    if (member.isBad || member.habit === 'broken') this.#bad.add(volunteer);
    this.#step({
      type: 'volunteer-joined',
      session,
      volunteer,
      peer: `peer-${session}` as PeerId,
      workers: 1,
      agent: 'crowd',
      road: 'memory',
      trusted: member.habit === 'trusted',
    });
  }

  #beat({ session }: Member): void {
    const message = { type: 'heartbeat', workers: 1, accepting: true, running: 0 } as const;
    this.#step({ type: 'message-received', session, message });
  }

  #step(
    event: CoordinatorEvent extends infer E
      ? E extends CoordinatorEvent
        ? Omit<E, 'at'>
        : never
      : never,
  ): void {
    const told = { ...event, at: this.#queue.now } as CoordinatorEvent;
    this.#options.record?.(told);
    const before = performance.now();
    const effects = this.#machine.step(told);
    this.#counts.stepMs += performance.now() - before;
    for (const effect of effects) this.#perform(effect);
    this.#arm();
  }

  #arm(): void {
    const at = this.#machine.wakeAt();
    if (at === undefined || at >= this.#wakeAt) return;
    this.#wakeAt = at;
    this.#queue.at(at, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      if (!this.#isOver) this.#step({ type: 'tick' });
    });
  }

  #perform(effect: CoordinatorEffect): void {
    if (effect.type === 'append') return this.#record(effect.record);
    if (effect.type !== 'send') return;
    const { to, message } = effect;
    if (message.type === 'assign') this.#take(to, message);
    if (message.type !== 'revoke') return;
    const work = this.#work.get(to) ?? [];
    this.#work.set(
      to,
      work.filter(({ lease }) => !message.leases.includes(lease)),
    );
  }

  #record(record: JournalRecord): void {
    if (record.type === 'standing' && record.until !== undefined) {
      this.#caught.add(record.volunteer);
      this.#queue.after(0, () => this.#rebear(record.volunteer));
    }
    if (record.type === 'job-state' && record.state !== 'running') this.#isOver = true;
    if (record.type !== 'tasks-final') return;
    const { column } = record;
    for (let index = column.from; index < column.to; index++) {
      this.#counts.final++;
      if (column.decode(index) !== rightValue(index)) this.#counts.wrong++;
    }
  }

  #rebear(volunteer: VolunteerId): void {
    for (const member of this.#members.values()) {
      if (member.volunteer === volunteer && member.habit === 'reborn') this.#becomeNew(member);
    }
  }

  /** It leaves, and is back with a fresh key. */
  #becomeNew(member: Member): void {
    const { session } = member;
    if (!this.#members.delete(session)) return;
    this.#work.delete(session);
    this.#busy.delete(session);
    this.#step({ type: 'volunteer-left', session, reason: 'closed' });
    Object.assign(member, this.#newIdentity());
    member.results = 0;
    member.lives++;
    this.#join(member);
  }

  #take(session: SessionId, assign: AssignMessage): void {
    const work = this.#work.get(session) ?? [];
    work.push(assign);
    this.#work.set(session, work);
    this.#begin(session);
  }

  #begin(session: SessionId): void {
    const member = this.#members.get(session);
    const next = this.#work.get(session)?.[0];
    if (!member || !next || this.#busy.has(session)) return;
    this.#busy.add(session);
    const share = next.check ? CHECK_SHARE : 1;
    const ms = share * member.taskMs() * (next.to - next.from);
    this.#queue.after(ms, () => this.#finish(member, session, next, ms));
  }

  #finish(member: Member, session: SessionId, assign: AssignMessage, busyMs: number): void {
    this.#busy.delete(session);
    if (this.#isOver || member.session !== session) return;
    const work = this.#work.get(session) ?? [];
    if (work.includes(assign)) {
      this.#work.set(
        session,
        work.filter((other) => other !== assign),
      );
      this.#report(member, assign, busyMs);
    }
    if (member.wantsRebirth()) return this.#becomeNew(member);
    this.#begin(session);
  }

  #report(member: Member, assign: AssignMessage, busyMs: number): void {
    if (assign.check) return this.#reportCheck(member, assign, assign.check, busyMs);
    const { lease, from, to } = assign;
    const parts: number[] = [];
    for (let index = from; index < to; index++) {
      const value = member.valueOf(index, this.#lies);
      if (member.isBad && value !== rightValue(index)) this.#lies.add(index);
      parts.push(...encodeValue(value));
      member.results++;
    }
    this.#counts.results++;
    this.#counts.executions += to - from;
    if (member.habit === 'trusted') this.#counts.trusted += to - from;
    this.#say(member, { lease, from, busyMs, values: Uint8Array.from(parts) });
  }

  #reportCheck(
    member: Member,
    { lease, from, to }: AssignMessage,
    check: Uint8Array,
    busyMs: number,
  ): void {
    const parts = (decodeValue(check) as number[]).flatMap((result, i) => [
      ...encodeValue(member.answer(from + i, result)),
    ]);
    this.#counts.checks += to - from;
    if (member.habit === 'trusted') this.#counts.trusted += CHECK_SHARE * (to - from);
    this.#say(member, { lease, from, busyMs, values: Uint8Array.from(parts) });
  }

  #say(
    { session }: Member,
    results: { lease: LeaseId; from: number; busyMs: number; values: Uint8Array },
  ): void {
    const message = { type: 'results', ...results } as const;
    this.#step({ type: 'message-received', session, message });
  }
}
