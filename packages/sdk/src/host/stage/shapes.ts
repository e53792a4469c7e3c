import {
  encodedArray,
  encodeValue,
  GridError,
  hasEnded,
  type JobId,
  LIMITS,
  type Source,
} from '@manytabs/protocol';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { failedInputs } from './failed-inputs.ts';
import { orderedValues, PAUSE, type Value } from './ordered-rows.ts';

type Inputs = AsyncGenerator<Value | typeof PAUSE>;

/** The encoded inputs of a job that takes them from jobs, in order, from the first one on. */
export function inputsOf(host: CoordinatorHost, jobId: JobId, source: Source): Inputs {
  const [first = jobId] = source.jobs;
  switch (source.shape) {
    case 'each':
      return orderedValues(host, first);
    case 'tree':
      return tree(orderedValues(host, first), orderedValues(host, jobId), source.fanIn);
    case 'all':
      return all(source.jobs.map((job) => orderedValues(host, job)));
    case 'failed':
      return failed(host, first);
  }
}

/**
 * Groups `[level, value, …]` of the values, then of the values that those groups gave, until one group is left. A group
 * never reaches over two levels, so values meet in their order.
 */
async function* tree(values: Inputs, own: Inputs, fanIn: number): Inputs {
  let made = 0;
  for await (const group of groups(0, values, fanIn)) {
    if (group !== PAUSE) made++;
    yield group;
  }
  let from = 0;
  for (let level = 1; made - from > 1; level++) {
    const to = made;
    for await (const group of groups(level, first(own, to - from), fanIn)) {
      if (group !== PAUSE) made++;
      yield group;
    }
    from = to;
  }
}

async function* groups(level: number, values: Inputs, fanIn: number): Inputs {
  let group: Value[] = [];
  for await (const value of values) {
    if (value === PAUSE) {
      yield PAUSE;
      continue;
    }
    group.push(value);
    if (group.length < fanIn) continue;
    yield groupOf(level, group);
    group = [];
  }
  if (group.length > 0) yield groupOf(level, group);
}

function groupOf(level: number, group: readonly Value[]): Value {
  const values = group.filter((value) => value !== undefined);
  if (values.length < group.length) return undefined;
  return bounded(encodedArray([encodeValue(level), ...values]), 'The values of one group');
}

/** So many values, of a source that goes on. */
async function* first(values: Inputs, count: number): Inputs {
  for (let left = count; left > 0; ) {
    const { value, done } = await values.next();
    if (done) return;
    if (value !== PAUSE) left--;
    yield value;
  }
}

/** One input: a list of the values of each job. */
async function* all(jobs: readonly Inputs[]): Inputs {
  const lists: Uint8Array[] = [];
  let bytes = 0;
  for (const values of jobs) {
    const list: Uint8Array[] = [];
    for await (const value of values) {
      if (value === PAUSE) {
        yield PAUSE;
        continue;
      }
      if (value === undefined) return yield undefined;
      list.push(value);
      bytes += value.length;
      if (bytes > LIMITS.SHARD_BYTES_MAX) throw tooLarge('The values of the jobs before');
    }
    lists.push(encodedArray(list));
  }
  yield bounded(encodedArray(lists), 'The values of the jobs before');
}

async function* failed(host: CoordinatorHost, jobId: JobId): Inputs {
  for (;;) {
    const view = host.parts.of(jobId).view();
    if (!view || hasEnded(view.state)) break;
    yield PAUSE;
  }
  yield* failedInputs(host, jobId);
}

function bounded(input: Uint8Array, what: string): Uint8Array {
  // As the one element of a chunk.
  if (input.length + 8 > LIMITS.SHARD_BYTES_MAX) throw tooLarge(what);
  return input;
}

function tooLarge(what: string): GridError {
  return new GridError('input-invalid', `${what} are over 4 MiB together.`);
}
