import { Coordinator, type CoordinatorEffect } from '@manytabs/kernel';
import {
  type AssignMessage,
  encodeValue,
  type JobId,
  jobId,
  must,
  type PeerId,
  Prng,
  type SessionId,
  type ShardId,
  sessionId,
  type VolunteerId,
} from '@manytabs/protocol';

interface Held extends AssignMessage {
  readonly session: SessionId;
}

const JOB: JobId = jobId(new Uint8Array(13).fill(7));
const ONE_VALUE = encodeValue(1);

/** The coordinator machine with a range job and volunteers that answer at once; the world around it keeps nothing. */
export class KernelRun {
  readonly #machine = new Coordinator({ seed: 1, epoch: 1 });
  readonly #held: Held[] = [];
  readonly #prng = new Prng(1, 'bench');
  #at = 1_000;

  constructor(options: {
    readonly tasks: number;
    readonly quorum: number;
    readonly volunteers: number;
  }) {
    const { tasks, quorum, volunteers } = options;
    this.#step({
      type: 'job-submitted',
      at: this.#at,
      jobId: JOB,
      owner: 'bench',
      spec: specOf(tasks, quorum),
    });
    for (let i = 1; i <= volunteers; i++) this.#join(i);
  }

  /** Reports assignments, in no order, until at least so many tasks are final. */
  run(finalTasks: number): void {
    while (this.final < finalTasks) {
      const [held] = this.#held.splice(this.#prng.int(this.#held.length), 1);
      this.#report(must(held, 'there is work until all of it is final'));
    }
  }

  get final(): number {
    return must(this.#machine.job(JOB), 'the job is known').tasks.final;
  }

  #report(held: Held): void {
    const count = held.to - held.from;
    const values = new Uint8Array(count * ONE_VALUE.length);
    for (let i = 0; i < count; i++) values.set(ONE_VALUE, i * ONE_VALUE.length);
    this.#at += 1;
    this.#step({
      type: 'message-received',
      at: this.#at,
      session: held.session,
      message: {
        type: 'results',
        lease: held.lease,
        from: held.from,
        values,
        busyMs: count * 0.01,
      },
    });
  }

  #join(number: number): void {
    this.#step({
      type: 'volunteer-joined',
      at: this.#at,
      session: sessionId(number),
      volunteer: `v${'a'.repeat(25)}${'abcdefghij'[number]}` as VolunteerId,
      peer: `bench-${number}` as PeerId,
      workers: 1,
      agent: 'bench',
      road: 'memory',
      trusted: false,
    });
  }

  #step(event: Parameters<Coordinator['step']>[0]): void {
    for (const effect of this.#machine.step(event)) this.#follow(effect);
  }

  #follow(effect: CoordinatorEffect): void {
    if (effect.type !== 'send') return;
    const { message, to } = effect;
    if (message.type === 'assign') this.#held.push({ ...message, session: to });
  }
}

export function specOf(tasks: number, quorum: number) {
  return {
    name: 'bench',
    purpose: '',
    program: {
      module: {
        kind: 'js' as const,
        code: { shard: '1'.padStart(64, '0') as ShardId, bytes: 100 },
        export: 'default',
      },
      args: encodeValue(null),
      files: [],
      rangeFrom: 0,
      seed: 1,
      timeoutMs: 60_000,
      outputBytesMax: 1_000,
    },
    inputs: { kind: 'range' as const, from: 0, to: tasks },
    quorum: {
      minQuorum: quorum,
      targetResults: quorum,
      maxErrorResults: 3,
      maxTotalResults: 10,
      maxSuccessResults: 6,
    },
    priority: 5,
  };
}
