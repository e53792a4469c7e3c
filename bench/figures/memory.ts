import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { must } from '@manytabs/protocol';
import type { Bench } from '../bench.ts';
import { KernelRun } from '../kernel-run.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TASKS = 1_000_000;
const BYTES_MAX = 16;

interface Growth {
  readonly waiting: number;
  readonly half: number;
  readonly final: number;
}

/** What a task costs the coordinator's memory, in the kernel: waiting, half of a job decided, and all but its end. */
export async function memory(bench: Bench): Promise<readonly Row[]> {
  const collect = collector();
  const growths = Array.from({ length: bench.rounds }, () => grow(collect));
  const row = (what: string, pick: (growth: Growth) => number): Row => {
    const samples = growths.map((growth) => pick(growth) / TASKS);
    return {
      figure: `coordinator memory per ${what} task`,
      value: median(samples),
      unit: 'bytes',
      target: { atMost: BYTES_MAX },
      samples,
    };
  };
  return [
    row('waiting', ({ waiting }) => waiting),
    row('half-done job’s', ({ half }) => half),
    {
      ...row('final', ({ final }) => final),
      note: 'A range of a million, quorum 2, heap and array buffers after a full collection.',
    },
  ];
}

function grow(collect: () => void): Growth {
  const start = used(collect);
  const run = new KernelRun({ tasks: TASKS, quorum: 2, volunteers: 4 });
  const waiting = used(collect) - start;
  run.run(TASKS / 2);
  const half = used(collect) - start;
  // The job must live to be measured: its last bundles are not reported.
  run.run(TASKS * 0.99);
  const final = used(collect) - start;
  run.run(TASKS);
  return { waiting, half, final };
}

export function used(collect: () => void): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The engine's own full collection, asked for at run time so that the bench needs no flag. */
export function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return must(runInNewContext('gc') as (() => void) | undefined, 'the engine collects when asked');
}
