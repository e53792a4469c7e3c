import {
  type AssignMessage,
  type JobId,
  type JobMessage,
  leaseId,
  type ShardId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import type { VolunteerEffect } from './effect.ts';
import type { DonorCommand, VolunteerEvent } from './event.ts';
import { Volunteer } from './volunteer.ts';

type Untimed<E> = E extends VolunteerEvent ? Omit<E, 'at'> : never;
export type Message = Extract<VolunteerEvent, { type: 'message-received' }>['message'];

export const SMALL = 1_000;
export const LARGE = 1024 * 1024;

export function shardOf(name: string): ShardId {
  const digits = [...name].map((char) => char.charCodeAt(0).toString(16)).join('');
  return digits.padStart(64, '0') as ShardId;
}

export function jobOf(name: string, files: readonly string[] = []): JobMessage {
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

/** Stands for what only a coordinator could make. */
export function proofOf(lease: number): Uint8Array {
  return new Uint8Array(8).fill(lease);
}

export function assignOf(job: string, lease: number, chunk?: { name: string; bytes: number }) {
  const message: AssignMessage = {
    type: 'assign',
    jobId: `j${job}` as JobId,
    lease: leaseId(lease),
    from: lease * 10,
    to: lease * 10 + 10,
    expiresInMs: 90_000,
    proof: proofOf(lease),
  };
  if (!chunk) return message;
  return { ...message, chunk: { shard: shardOf(chunk.name), bytes: chunk.bytes }, chunkFrom: 0 };
}

/** A world of one volunteer: the test is its coordinator, its runtime and its store. */
export function setup(options: { workers?: number; linked?: boolean; started?: boolean } = {}) {
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
      grid.hear(assignOf(name, 1));
      return tell({ type: 'job-opened', jobId: `j${name}` as JobId });
    },
  };
  if (options.started !== false) grid.command('start');
  if (options.linked !== false) tell({ type: 'linked' });
  return grid;
}

export function sent(effects: readonly VolunteerEffect[]): VolunteerMessage[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
}

export function types(effects: readonly VolunteerEffect[]): string[] {
  return effects.map((each) => (each.type === 'send' ? `send ${each.message.type}` : each.type));
}

export function fetches(effects: readonly VolunteerEffect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'fetch' ? [effect.from] : []));
}
