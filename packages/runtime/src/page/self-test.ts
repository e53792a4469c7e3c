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

const LOOP_LIMIT_MS = 1000;

type OpenRunner = (program: Program, bytes: ProgramBytes) => Promise<JobRunner>;

/**
 * Tries to break out, in a sandbox of its own: task 0 runs the probes, task 1 never ends.
 * @throws {GridError} `sandbox-refused`, naming what got through.
 */
export async function selfTest(open: OpenRunner): Promise<void> {
  const bytes = { module: new TextEncoder().encode(CANARY), files: new Map() };
  const runner = await open(canaryProgram(), bytes).catch(refuse);
  try {
    const broken = await probe(runner);
    if (broken.length > 0)
      throw new GridError(
        'sandbox-refused',
        `The sandbox of this browser lets through: ${broken.join(', ')}.`,
        { details: broken },
      );
  } finally {
    runner.close();
  }
}

function refuse(thrown: unknown): never {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  throw new GridError('sandbox-refused', `The sandbox does not start: ${why}`, { cause: thrown });
}

function canaryProgram(): Program {
  return {
    module: { kind: 'js', code: { shard: '' as ShardId, bytes: CANARY.length }, export: 'probe' },
    args: encodeValue(new URL('sandbox-canary', window.location.href).href),
    files: [],
    rangeFrom: 0,
    seed: 0,
    timeoutMs: LOOP_LIMIT_MS,
    outputBytesMax: 4096,
  };
}

/** What got through: the names that task 0 returns, and the endless loop if it is not killed. */
function probe(runner: JobRunner): Promise<string[]> {
  return new Promise((resolve) => {
    const broken: string[] = [];
    const listener: RunListener = {
      onResults: (from, _count, values) => broken.push(...(from === 0 ? names(values) : ['loop'])),
      onTaskFailed: (index, code) => {
        if (index === 0 || code !== 'task-timeout') broken.push(index === 0 ? 'canary' : code);
      },
      onProgress: () => {},
      onLog: () => {},
      onPreview: () => {},
      onEnd: () => resolve(broken),
    };
    runner.run({ from: 0, to: 2, chunk: undefined, chunkFrom: 0 }, listener);
  });
}

function names(values: Uint8Array): string[] {
  const list = decodeValue(values);
  assert(Array.isArray(list), 'the canary returns a list');
  return list.map(String);
}
