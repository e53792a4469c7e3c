import { AssertionError } from '@manytabs/protocol';
import { calmWorld, jobPlan, quorumOf, type Report, runWorld } from '@manytabs/sim';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TASKS = 1_000_000;
const FEW = 100;
const MANY = 10_000;
/** A round is minutes of simulated traffic; more of them tell nothing new. */
const ROUNDS_MAX = 3;

/** A million simulated tasks on a small and a large grid: the coordinator's processor time per task must stay flat. */
export async function scale(bench: Bench): Promise<readonly Row[]> {
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < Math.min(bench.rounds, ROUNDS_MAX); round++) {
    few.push(microsecondsPerTask(FEW));
    many.push(microsecondsPerTask(MANY));
    bench.say(`  ${FEW}: ${few.at(-1)?.toFixed(2)} µs, ${MANY}: ${many.at(-1)?.toFixed(2)} µs`);
  }
  return [
    {
      figure: `coordinator CPU per task, ${FEW} simulated volunteers`,
      value: median(few),
      unit: 'µs',
      samples: few,
    },
    {
      figure: `coordinator CPU per task, ${MANY.toLocaleString('en')} simulated volunteers`,
      value: median(many),
      unit: 'µs',
      beside: { name: `${FEW} volunteers`, value: median(few) },
      samples: many,
    },
    {
      figure: `growth from ${FEW} to ${MANY.toLocaleString('en')} volunteers`,
      value: median(many) / median(few),
      unit: 'times',
      target: { atMost: 1.5 },
      note: `${TASKS.toLocaleString('en')} tasks of 100 ms each, quorum 1; every one became final.`,
    },
  ];
}

function microsecondsPerTask(volunteers: number): number {
  const report = runOnce(volunteers);
  if (report.problem !== undefined) {
    throw new AssertionError(`${volunteers} simulated volunteers: ${report.problem}`);
  }
  return (report.kernelMs * 1000) / TASKS;
}

/** Without checkers: they would cost more than what is measured, and the simulation's own tests run them. */
function runOnce(volunteers: number): Report {
  const world = calmWorld({
    tabs: { honest: volunteers },
    workersMax: 2,
    jobs: [jobPlan({ tasks: TASKS, taskMs: 100, quorum: quorumOf(1) })],
  });
  return runWorld(world, { stopWatch: () => performance.now(), checkers: [] });
}
