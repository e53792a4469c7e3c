import { assert } from '@manytabs/protocol';
import { type Grid, range } from 'manytabs';
import type { Bench } from '../bench.ts';
import { cpuMs } from '../process-cost.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TASKS = 50_000;
const BARE_TASKS = 200_000;
const QUORUMS = [1, 2] as const;
const TARGETS = { 1: 20_000, 2: 10_000 } as const;

interface Samples {
  readonly perSecond: Record<1 | 2, number[]>;
  readonly bare: Record<64 | 256, number[]>;
  /** Coordinator's processor time for 1,000 tasks, in ms. */
  readonly cpu: Record<1 | 2, number[]>;
}

/** No-op tasks through the whole grid, from submit to the last value in hand, beside a bare channel and worker. */
export async function throughput(bench: Bench): Promise<readonly Row[]> {
  const samples: Samples = {
    perSecond: { 1: [], 2: [] },
    bare: { 64: [], 256: [] },
    cpu: { 1: [], 2: [] },
  };
  const { grid, ready } = await bench.grid();
  await runOnce(grid, 1, TASKS / 10);
  for (let round = 0; round < bench.rounds; round++) await runRound(bench, ready.pid, samples);
  return [
    ...QUORUMS.map((quorum) => rateRow(quorum, samples)),
    ...QUORUMS.map((quorum) => cpuRow(quorum, samples)),
  ];
}

async function runRound(bench: Bench, pid: number, samples: Samples): Promise<void> {
  const { grid } = await bench.grid();
  const bare = await bench.bare();
  for (const quorum of QUORUMS) {
    const before = await cpuMs(pid);
    const perSecond = await runOnce(grid, quorum, TASKS);
    const after = await cpuMs(pid);
    samples.perSecond[quorum].push(perSecond);
    if (before !== undefined && after !== undefined) {
      samples.cpu[quorum].push(((after - before) * 1000) / TASKS);
    }
    bench.say(`  quorum ${quorum}: ${Math.round(perSecond)} tasks/s`);
  }
  for (const perMessage of [64, 256] as const) {
    samples.bare[perMessage].push(await bare.runTasks(BARE_TASKS, perMessage));
  }
}

export async function runOnce(grid: Grid, quorum: number, tasks: number): Promise<number> {
  const began = performance.now();
  const values = await grid.map(range(tasks), (n: number) => n, { quorum, name: 'bench: no-op' });
  const seconds = (performance.now() - began) / 1000;
  assert(values.length === tasks, 'a no-op job gives one value a task');
  assert(values[tasks - 1] === tasks - 1, 'a no-op task gives its input');
  return tasks / seconds;
}

function rateRow(quorum: 1 | 2, { perSecond, bare }: Samples): Row {
  return {
    figure: `no-op tasks final per second, quorum ${quorum}`,
    value: median(perSecond[quorum]),
    unit: 'tasks/s',
    target: { atLeast: TARGETS[quorum] },
    beside: { name: 'bare channel + worker, 256 a message', value: median(bare[256]) },
    samples: perSecond[quorum],
    note: `Two tabs over WebRTC. Bare with 64 tasks a message: ${Math.round(median(bare[64]))} tasks/s.`,
  };
}

function cpuRow(quorum: 1 | 2, { cpu }: Samples): Row {
  const isMeasured = cpu[quorum].length > 0;
  return {
    figure: `coordinator CPU per 1,000 tasks, quorum ${quorum}`,
    value: isMeasured ? median(cpu[quorum]) : undefined,
    unit: 'ms',
    target: quorum === 1 ? { atMost: 40 } : undefined,
    samples: cpu[quorum],
    note: isMeasured ? undefined : 'This system has no /proc to read processor time from.',
  };
}
