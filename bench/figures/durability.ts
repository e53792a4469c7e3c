import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '@manytabs/protocol';
import type { Bench } from '../bench.ts';
import { HostRun } from '../host-run.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const DISPATCHED = 400_000;
const VOLUNTEERS = 8;
const JOB_TASKS = 1_000_000;
const LONG_TASK_MS = 60_000;

/** What it costs to survive: the journal beside none on a disk, and the time to come back. */
export async function durability(bench: Bench): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'manytabs-durability-'));
  try {
    return [...(await journaling(bench, folder)), ...(await recovery(bench, folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function journaling(bench: Bench, folder: string): Promise<readonly Row[]> {
  const costs: number[] = [];
  const [memory, sqlite]: [number[], number[]] = [[], []];
  await dispatch(undefined);
  for (let round = 0; round < bench.rounds; round++) {
    const inMemory = await dispatch(undefined);
    const onDisk = await dispatch(join(folder, `journal-${round}.db`));
    memory.push(inMemory);
    sqlite.push(onDisk);
    costs.push((1 - onDisk / inMemory) * 100);
    bench.say(`  ${Math.round(inMemory)} tasks/s in memory, ${Math.round(onDisk)} on SQLite`);
  }
  return [
    {
      figure: 'dispatch throughput that journaling on SQLite costs',
      value: median(costs),
      unit: '%',
      target: { atMost: 15 },
      samples: costs,
      note: `No-op tasks, quorum 2, ${VOLUNTEERS} volunteers in the coordinator's process: ${Math.round(median(sqlite))} tasks/s against ${Math.round(median(memory))} with the journal in memory.`,
    },
  ];
}

/** Tasks a second from the first result to the last. */
async function dispatch(path: string | undefined): Promise<number> {
  const run = await HostRun.open(path);
  await run.submit(DISPATCHED, 2);
  const began = performance.now();
  await run.join(VOLUNTEERS, 0.01);
  await run.reach(DISPATCHED);
  const seconds = (performance.now() - began) / 1000;
  await run.close();
  return DISPATCHED / seconds;
}

async function recovery(bench: Bench, folder: string): Promise<readonly Row[]> {
  const path = join(folder, 'half.db');
  const done = await halfDone(path);
  const mib = (await stat(path)).size / 1024 / 1024;
  const seconds: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const began = performance.now();
    const run = await HostRun.open(path);
    seconds.push((performance.now() - began) / 1000);
    assert(run.final >= done, 'a restart knows every final task');
    await run.close();
    bench.say(`  back after ${seconds.at(-1)?.toFixed(2)} s`);
  }
  return [
    {
      figure: 'recovery of a job of 1,000,000 tasks, half of them done',
      value: median(seconds),
      unit: 's',
      target: { atMost: 3 },
      samples: seconds,
      note: `Each task a bundle of its own, quorum 1; the SQLite file has ${mib.toFixed(0)} MiB.`,
    },
  ];
}

async function halfDone(path: string): Promise<number> {
  const run = await HostRun.open(path);
  await run.submit(JOB_TASKS, 1);
  await run.join(VOLUNTEERS, LONG_TASK_MS);
  await run.reach(JOB_TASKS / 2);
  await run.close();
  return JOB_TASKS / 2;
}
