import { calmWorld, jobPlan, quorumOf } from './options.ts';
import { type Report, runWorld } from './run.ts';

const TASKS = 1_000_000;
const VOLUNTEERS = [100, 1_000, 10_000];

/** A million tasks on grids of growing size: the coordinator's computing time per task. */
export function runScale(args: readonly string[]): number {
  const tasks = Number(args[0] ?? TASKS);
  console.log(`${tasks} tasks, one job, no faults`);
  const costs = VOLUNTEERS.map((volunteers) => measure(volunteers, tasks));
  const ratio = (costs.at(-1) ?? 0) / (costs[0] ?? 1);
  console.log(`CPU per task, ${VOLUNTEERS.at(-1)} against ${VOLUNTEERS[0]}: ${ratio.toFixed(2)}`);
  return costs.every((cost) => Number.isFinite(cost)) ? 0 : 1;
}

function measure(volunteers: number, tasks: number): number {
  const report = runScaleWorld(volunteers, tasks);
  if (report.problem) {
    console.log(`${volunteers} volunteers: ${report.problem}`);
    return Number.NaN;
  }
  const microseconds = (report.kernelMs * 1000) / tasks;
  console.log(
    `${String(volunteers).padStart(6)} volunteers: ${microseconds.toFixed(2)} µs of coordinator a task, ` +
      `${report.kernelSteps} steps, ${(report.virtualMs / 1000).toFixed(0)} s of theirs`,
  );
  return microseconds;
}

/** The checkers would cost more than what is measured, so none of them watches. */
export function runScaleWorld(volunteers: number, tasks: number): Report {
  const options = calmWorld({
    tabs: { honest: volunteers },
    workersMax: 2,
    jobs: [jobPlan({ tasks, taskMs: 100, quorum: quorumOf(1) })],
  });
  return runWorld(options, { stopWatch: () => performance.now(), checkers: [] });
}
