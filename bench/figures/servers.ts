import { setTimeout as pause } from 'node:timers/promises';
import { assert, must } from '@manytabs/protocol';
import { type Grid, range } from 'manytabs';
import { PostgresServer } from '../../packages/storage/test/postgres-server.ts';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { cpuMs } from '../process-cost.ts';
import { RobotVolunteer } from '../robot-volunteer.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TASKS = 2_000_000;
/** What it takes to compile a program falls to each server once, and not to a job. */
const WARM_UP_TASKS = 400_000;
const ROBOTS = 16;
/** What a robot says of a task: bundles become a few hundred tasks. */
const TASK_MS = 5;

interface Cost {
  /** Processor time per task, in µs, of the server that had the most to do. */
  readonly busiest: number;
  /** The same where somebody reads all results, which one server sends. */
  readonly read: number;
  readonly tasksPerSecond: number;
}

/**
 * What two servers on one PostgreSQL can do that one cannot. Where the cores are too few for both of them, the database
 * and the volunteers, the time that each server needs for the same tasks tells: nobody else has to wait for it.
 */
export async function servers(bench: Bench): Promise<readonly Row[]> {
  const postgres = await PostgresServer.start();
  try {
    const one: Cost[] = [];
    const two: Cost[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      one.push(await costOf(bench, postgres, `one_${round}`, 1));
      two.push(await costOf(bench, postgres, `two_${round}`, 2));
      const said = [one, two].map((costs) => must(costs.at(-1), 'a round').busiest.toFixed(2));
      bench.say(`  one: ${said[0]} µs, the busier of two: ${said[1]} µs`);
    }
    return rowsOf(one, two);
  } finally {
    await postgres.close();
  }
}

function rowsOf(one: readonly Cost[], two: readonly Cost[]): Row[] {
  const ratiosOf = (of: 'busiest' | 'read') =>
    one.map((cost, round) => cost[of] / must(two[round], 'a round')[of]);
  const ratios = ratiosOf('busiest');
  const read = ratiosOf('read');
  return [
    {
      figure: 'what two servers on one PostgreSQL can do, by their processor time',
      value: median(ratios),
      unit: 'times one',
      target: { atLeast: 1.7 },
      samples: ratios,
      note: `One job of ${TASKS.toLocaleString('en')} tasks, ${ROBOTS} simulated volunteers, quorum 2.`,
    },
    {
      figure: 'the same by the clock, with the cores that are there',
      value: median(two.map(({ tasksPerSecond }) => tasksPerSecond)),
      unit: 'tasks/s',
      beside: { name: 'one server', value: median(one.map((cost) => cost.tasksPerSecond)) },
    },
    {
      figure: 'the same while one program reads all results, through one of them',
      value: median(read),
      unit: 'times one',
      samples: read,
    },
  ];
}

async function costOf(
  bench: Bench,
  postgres: PostgresServer,
  database: string,
  count: number,
): Promise<Cost> {
  await postgres.create(database);
  const args = ['--database', postgres.address(database)];
  const grids: BenchGrid[] = [];
  const robots: RobotVolunteer[] = [];
  try {
    while (grids.length < count) grids.push(await BenchGrid.start(bench.root, args));
    for (let i = 0; i < ROBOTS; i++) {
      const grid = must(grids[i % count], 'a server');
      robots.push(await RobotVolunteer.join(grid.ready.url, TASK_MS));
    }
    return await measure(grids);
  } finally {
    for (const robot of robots) robot.close();
    for (const grid of grids) await grid.close();
  }
}

async function measure(grids: readonly BenchGrid[]): Promise<Cost> {
  const { grid } = must(grids[0], 'a server');
  // Two servers must know of each other before they can share a job.
  while ((await grid.nodes()).length < ROBOTS) await pause(100);
  await compute(grid, WARM_UP_TASKS, true);
  const unread = await costOfJob(grids, () => compute(grid, TASKS, false));
  const read = await costOfJob(grids, () => compute(grid, TASKS, true));
  return { ...unread, read: read.busiest };
}

async function costOfJob(grids: readonly BenchGrid[], work: () => Promise<void>) {
  const before = await Promise.all(grids.map(({ ready }) => cpuMs(ready.pid)));
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  const after = await Promise.all(grids.map(({ ready }) => cpuMs(ready.pid)));
  const spent = after.map((ms, i) => must(ms, 'Linux') - must(before[i], 'Linux'));
  return { busiest: (1_000 * Math.max(...spent)) / TASKS, tasksPerSecond: TASKS / seconds };
}

async function compute(grid: Grid, tasks: number, isRead: boolean): Promise<void> {
  const job = grid.map(range(0, tasks), () => 1, { quorum: 2 });
  let read = 0;
  if (isRead) for await (const _ of job.results()) read++;
  const { final } = (await job.ended()).tasks;
  assert(final === tasks && (!isRead || read === tasks), 'all is computed, and read');
}
