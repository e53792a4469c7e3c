import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '@manytabs/protocol';
import type { Bench } from '../bench.ts';
import { HostRun } from '../host-run.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { runOnce } from './throughput.ts';

const DISPATCHED = 400_000;
const QUORUM = 2;
const TAB_TASKS = 50_000;
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

/**
 * Volunteers that answer at once show what a task costs more with the journal on SQLite; beside it, how many tasks a second
 * a grid of real tabs dispatches. The product is the share of its time that the coordinator gives to the journal.
 */
async function journaling(bench: Bench, folder: string): Promise<readonly Row[]> {
  const [memory, sqlite, added]: [number[], number[], number[]] = [[], [], []];
  await dispatch(undefined);
  for (let round = 0; round < bench.rounds; round++) {
    const inMemory = await dispatch(undefined);
    const onDisk = await dispatch(join(folder, `journal-${round}.db`));
    memory.push(inMemory);
    sqlite.push(onDisk);
    added.push(1e6 / onDisk - 1e6 / inMemory);
    bench.say(`  ${Math.round(inMemory)} tasks/s in memory, ${Math.round(onDisk)} on SQLite`);
  }
  const rates: number[] = [];
  const { grid } = await bench.grid();
  await runOnce(grid, QUORUM, TAB_TASKS / 10);
  for (let round = 0; round < bench.rounds; round++) {
    rates.push(await runOnce(grid, QUORUM, TAB_TASKS));
  }
  const rate = median(rates);
  const note = `${Math.round(median(sqlite))} tasks/s on SQLite against ${Math.round(median(memory))} in memory, with ${VOLUNTEERS} volunteers that answer at once.`;
  return [
    {
      figure: 'what journaling on SQLite adds to a task',
      value: median(added),
      unit: 'µs',
      samples: added,
      note,
    },
    {
      figure: 'dispatch throughput that journaling on SQLite costs',
      value: (median(added) * rate) / 1e4,
      unit: '%',
      target: { atMost: 15 },
      samples: added.map((cost) => (cost * rate) / 1e4),
      note: `That, at the ${Math.round(rate)} no-op tasks/s of two real tabs, quorum ${QUORUM}, on SQLite.`,
    },
  ];
}

/** Tasks a second from the first result to the last. */
async function dispatch(path: string | undefined): Promise<number> {
  const run = await HostRun.open(path);
  await run.submit(DISPATCHED, QUORUM);
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
  // No bundle is larger than the one before it, and the first one is of one task.
  const run = await HostRun.open(path, { bundleGrowth: 1 });
  await run.submit(JOB_TASKS, 1);
  await run.join(VOLUNTEERS, LONG_TASK_MS);
  await run.reach(JOB_TASKS / 2);
  await run.close();
  return JOB_TASKS / 2;
}
