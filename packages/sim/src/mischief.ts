import type { VolunteerEffect } from '@manytabs/kernel';
import { type AssignMessage, leaseId, type Prng, type VolunteerId } from '@manytabs/protocol';
import type { Behaviour } from './options.ts';
import { columnOf, mix, type PlannedJob } from './workload.ts';

export type Outgoing = Extract<VolunteerEffect, { type: 'send' }>['message'];

const LIE_SHARE = 0.3;
const FLAKE_SHARE = 0.2;
const REPLAY_SHARE = 0.3;
const THEFT_SHARE = 0.3;
const BABBLE_SHARE = 0.02;
const REMEMBERED_MAX = 50;

/** A lease that somebody was given, known to a thief by whatever means. */
export interface KnownLease {
  readonly assign: AssignMessage;
  readonly holder: VolunteerId;
}

/** What a tab's behaviour does to what it computes and sends. The machine inside stays honest and knows nothing of it. */
export class Mischief {
  readonly #behaviour: Behaviour;
  readonly #prng: Prng;
  readonly #number: number;
  readonly #volunteer: VolunteerId;
  readonly #anyLease: () => KnownLease | undefined;
  readonly #remembered: Outgoing[] = [];

  constructor(
    behaviour: Behaviour,
    options: {
      prng: Prng;
      number: number;
      volunteer: VolunteerId;
      anyLease: () => KnownLease | undefined;
    },
  ) {
    this.#behaviour = behaviour;
    this.#prng = options.prng;
    this.#number = options.number;
    this.#volunteer = options.volunteer;
    this.#anyLease = options.anyLease;
  }

  get slowness(): number {
    return this.#behaviour === 'slow' ? 10 : 1;
  }

  valueOf(job: PlannedJob, index: number): number {
    const honest = job.honestValue(index);
    if (this.#behaviour === 'colluder') return (honest ^ 1) >>> 0;
    if (this.#behaviour !== 'liar' || !this.#prng.chance(LIE_SHARE)) return honest;
    return (mix(honest ^ mix(this.#number + 1)) | 0x01000000) >>> 0;
  }

  failsAnyway(): boolean {
    return this.#behaviour === 'flaky' && this.#prng.chance(FLAKE_SHARE);
  }

  /** What really leaves in place of a message. */
  send(message: Outgoing): Outgoing[] {
    const isReport = message.type === 'results' || message.type === 'task-failed';
    switch (this.#behaviour) {
      case 'mute':
        return isReport ? [] : [message];
      case 'doubler':
        return isReport ? [message, message] : [message];
      case 'replayer':
        return isReport ? this.#replay(message) : [message];
      case 'thief':
        return isReport && this.#prng.chance(THEFT_SHARE) ? [...this.#steal(), message] : [message];
      case 'babbler':
        return this.#prng.chance(BABBLE_SHARE) ? [...this.#babble(), message] : [message];
      default:
        return [message];
    }
  }

  #replay(message: Outgoing): Outgoing[] {
    this.#remembered.push(message);
    if (this.#remembered.length > REMEMBERED_MAX) this.#remembered.shift();
    const old = this.#prng.chance(REPLAY_SHARE) ? this.#prng.pick(this.#remembered) : undefined;
    return old ? [message, old] : [message];
  }

  #steal(): Outgoing[] {
    const known = this.#anyLease();
    if (!known || known.holder === this.#volunteer) return [];
    const { lease, jobId, from, to, proof } = known.assign;
    const values = columnOf(Array.from({ length: to - from }, () => 0xdeadbeef));
    return [
      { type: 'resume', leases: [{ lease, jobId, from, to, proof, next: from }] },
      { type: 'results', lease, from, values, busyMs: 1 },
    ];
  }

  /** Well formed for the codec, and nonsense. */
  #babble(): Outgoing[] {
    const lease = leaseId(this.#prng.int(1_000_000));
    const far = 2 ** 40 - 1;
    const nonsense: Outgoing[] = [
      { type: 'results', lease, from: far, values: columnOf([0xffffffff]), busyMs: 1e15 },
      { type: 'results', lease, from: 0, values: new Uint8Array([0xc1]), busyMs: 0 },
      { type: 'results', lease, from: 0, values: new Uint8Array(), busyMs: 0 },
      { type: 'task-failed', lease, index: far, code: 'task-threw', message: '', busyMs: 0 },
      { type: 'leases-returned', leases: [lease, lease], reason: '' },
      { type: 'heartbeat', workers: 128, accepting: true, running: 1e9 },
      { type: 'held', added: [`${'0'.repeat(63)}f` as never], dropped: [] },
      { type: 'locate', shard: 'f'.repeat(64) as never },
      { type: 'job-refused', jobId: `j${'a'.repeat(20)}` as never, code: 'usage', message: '' },
      { type: 'progress', lease, index: far, fraction: 1, note: '' },
      { type: 'log', lease, index: far, text: 'hello' },
      { type: 'preview', lease, index: far, width: 9, height: 9, rgba: new Uint8Array(3) },
    ];
    const chosen = this.#prng.pick(nonsense);
    return chosen ? [chosen] : [];
  }
}
