import {
  assert,
  decodeValue,
  encodeValue,
  GridError,
  type Program,
  type ShardId,
} from '@manytabs/protocol';
import type { JobRunner, ProgramBytes, RunListener } from '../api.ts';
import { CANARY } from './canary.ts';

/** How long the probes may take and the endless task runs. A machine too busy for the first is given the second. */
const LIMITS_MS = [200, 3000] as const;
/** The probes did not come to their end. */
const UNFINISHED = 'canary';

type OpenRunner = (program: Program, bytes: ProgramBytes) => Promise<JobRunner>;

/**
 * Tries to break out, in a sandbox of its own: task 0 runs the probes, task 1 never ends.
 * @throws {GridError} `sandbox-refused`, naming what got through.
 */
export async function selfTest(open: OpenRunner): Promise<void> {
  let broken: readonly string[] = [];
  for (const limitMs of LIMITS_MS) {
    broken = await attempt(open, limitMs);
    if (!broken.includes(UNFINISHED)) break;
  }
  if (broken.length === 0) return;
  const names = broken.join(', ');
  throw new GridError('sandbox-refused', `The sandbox of this browser lets through: ${names}.`, {
    details: broken,
  });
}

async function attempt(open: OpenRunner, limitMs: number): Promise<string[]> {
  const bytes = { module: new TextEncoder().encode(CANARY), files: new Map() };
  const runner = await open(canaryProgram(limitMs), bytes).catch(refuse);
  try {
    return (await Promise.all([probe(runner, 0), probe(runner, 1)])).flat();
  } finally {
    runner.close();
  }
}

function refuse(thrown: unknown): never {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  throw new GridError('sandbox-refused', `The sandbox does not start: ${why}`, { cause: thrown });
}

function canaryProgram(timeoutMs: number): Program {
  return {
    module: { kind: 'js', code: { shard: '' as ShardId, bytes: CANARY.length }, export: 'probe' },
    args: encodeValue(new URL('sandbox-canary', window.location.href).href),
    files: [],
    rangeFrom: 0,
    seed: 0,
    timeoutMs,
    outputBytesMax: 4096,
  };
}

/**
 * What got through: the names that task 0 returns, and the endless loop of task 1 if it is not killed. Each is a run of
 * its own, so that nobody need find out which of them did not end.
 */
function probe(runner: JobRunner, task: 0 | 1): Promise<string[]> {
  return new Promise((resolve) => {
    const broken: string[] = [];
    const listener: RunListener = {
      onResults: (_from, _count, values) => broken.push(...(task === 0 ? names(values) : ['loop'])),
      onTaskFailed: (_index, code) => {
        if (task === 0) broken.push(UNFINISHED);
        else if (code !== 'task-timeout') broken.push(code);
      },
      onProgress: () => {},
      onLog: () => {},
      onPreview: () => {},
      onEnd: () => resolve(broken),
    };
    runner.run({ from: task, to: task + 1, chunk: undefined, chunkFrom: 0 }, listener);
  });
}

function names(values: Uint8Array): string[] {
  const list = decodeValue(values);
  assert(Array.isArray(list), 'the canary returns a list');
  return list.map(String);
}
