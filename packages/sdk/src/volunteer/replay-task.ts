import { isSameResult } from '@manytabs/kernel';
import { decodeValue, encodeValue, type JobId, unwrapOutput } from '@manytabs/protocol';
import type { JobRunner, RunRequest, Runtime } from '@manytabs/runtime';
import type { TaskBytes } from '../client/api.ts';
import { splitInputs } from '../input-files.ts';

/** What a task gave here, and whether that counts as the same as what was given elsewhere. */
export interface Replayed {
  readonly value?: unknown;
  readonly error?: string;
  readonly isSame: boolean;
}

/** No job of a grid has it. */
const HERE = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;

/**
 * Runs one task again, and compares as its job does: by what its module exports for that, within its tolerance, or bit
 * by bit.
 */
export async function replayTask(
  runtime: Runtime,
  task: TaskBytes,
  index: number,
  recorded: unknown,
): Promise<Replayed> {
  const { program, chunkFrom, compare } = task.source;
  const runner = await runtime.open(HERE, program, task);
  try {
    const chunk = task.chunk && splitInputs(task.chunk).chunk;
    const request = { from: index, to: index + 1, chunk, chunkFrom };
    const ran = await run(runner, request);
    if (ran.error !== undefined) return { error: ran.error, isSame: false };
    const { value } = unwrapOutput(ran.value);
    if (!program.check) return { value, isSame: isSameResult(compare, value, recorded) };
    const check = encodeValue([recorded]);
    return { value, isSame: (await run(runner, { ...request, check })).value === true };
  } finally {
    runner.close();
  }
}

/** What the one task of the run comes to. */
function run(runner: JobRunner, request: RunRequest): Promise<{ value?: unknown; error?: string }> {
  return new Promise((resolve) => {
    let outcome: { value?: unknown; error?: string } = { error: 'nothing came of it' };
    runner.run(request, {
      onResults: (_from, _count, values) => {
        outcome = { value: decodeValue(values) };
      },
      onTaskFailed: (_index, code, message) => {
        outcome = { error: `${code}: ${message}` };
      },
      onProgress: () => {},
      onLog: () => {},
      onPreview: () => {},
      onEnd: () => resolve(outcome),
    });
  });
}
