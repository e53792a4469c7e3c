import { Coordinator, type CoordinatorEvent } from '@manytabs/kernel';
import { calmWorld, jobPlan, quorumOf } from './options.ts';
import { runWorld } from './run.ts';

const TASKS = 1_000_000;
const VOLUNTEERS = [100, 1_000, 10_000];
/** The best of them counts: the first also pays for compiling, and any may be disturbed. */
const REPLAYS = 3;

/** A million tasks on grids of growing size: the coordinator's computing time per task. */
export function runScale(args: readonly string[]): number {
  const tasks = Number(args[0] ?? TASKS);
  console.log(`${tasks} tasks of 100 ms in one job, quorum 1, no faults`);
  const costs = VOLUNTEERS.map((volunteers) => measure(volunteers, tasks));
  const ratio = (costs.at(-1) ?? 0) / (costs[0] ?? 1);
  console.log(`CPU per task, ${VOLUNTEERS.at(-1)} against ${VOLUNTEERS[0]}: ${ratio.toFixed(2)}`);
  return costs.every((cost) => Number.isFinite(cost)) ? 0 : 1;
}

/** Microseconds a task. */
function measure(volunteers: number, tasks: number): number {
  const { events, problem, virtualMs } = recordWorld(volunteers, tasks);
  if (problem) {
    console.log(`${volunteers} volunteers: ${problem}`);
    return Number.NaN;
  }
  const times = Array.from({ length: REPLAYS }, () => replayEvents(events));
  const microseconds = (Math.min(...times) * 1000) / tasks;
  console.log(
    `${String(volunteers).padStart(6)} volunteers: ${microseconds.toFixed(2)} µs a task, ` +
      `${events.length} events, ${(virtualMs / 1000).toFixed(1)} s of theirs`,
  );
  return microseconds;
}

interface Recording {
  readonly events: readonly CoordinatorEvent[];
  readonly problem: string | undefined;
  readonly virtualMs: number;
}

/** What a coordinator is told by so many volunteers. No checker watches: it would cost more than all the rest. */
export function recordWorld(volunteers: number, tasks: number): Recording {
  const events: CoordinatorEvent[] = [];
  const options = calmWorld({
    tabs: { honest: volunteers },
    workersMax: 2,
    jobs: [jobPlan({ tasks, taskMs: 100, quorum: quorumOf(1) })],
  });
  const { problem, virtualMs } = runWorld(options, {
    checkers: [],
    record: (event) => events.push(event),
  });
  return { events, problem, virtualMs };
}

/**
 * Milliseconds of CPU that a coordinator alone takes for them. Measured apart from the volunteers, whose garbage would be
 * collected on its time; it decides the same again, as the machine is deterministic.
 */
export function replayEvents(events: readonly CoordinatorEvent[]): number {
  const coordinator = new Coordinator({ seed: 1, epoch: 1 });
  const before = process.cpuUsage();
  for (const event of events) coordinator.step(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
