import { Coordinator, type CoordinatorEvent } from '@manytabs/kernel';
import { assert } from '@manytabs/protocol';
import { calmWorld, jobPlan, quorumOf, runWorld } from '@manytabs/sim';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TASKS = 1_000_000;
const FEW = 100;
const MANY = 10_000;

/** A million simulated tasks on a small and a large grid: the coordinator's processor time per task must stay flat. */
export async function scale(bench: Bench): Promise<readonly Row[]> {
  const events = { few: record(FEW), many: record(MANY) };
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    few.push(microsecondsPerTask(events.few));
    many.push(microsecondsPerTask(events.many));
    bench.say(`  ${FEW}: ${few.at(-1)?.toFixed(2)} µs, ${MANY}: ${many.at(-1)?.toFixed(2)} µs`);
  }
  const ratios = many.map((cost, round) => cost / (few[round] ?? cost));
  return [costRow(FEW, few), costRow(MANY, many), growthRow(ratios)];
}

function costRow(volunteers: number, samples: readonly number[]): Row {
  const figure = `coordinator CPU per task, ${volunteers} simulated volunteers`;
  return { figure, value: median(samples), unit: 'µs', samples };
}

function growthRow(ratios: readonly number[]): Row {
  return {
    figure: `growth of it from ${FEW} to ${MANY} volunteers`,
    value: median(ratios),
    unit: 'times',
    target: { atMost: 1.5 },
    samples: ratios,
    note: `${TASKS.toLocaleString('en')} tasks of 100 ms, quorum 1, all of them final; the same events are replayed.`,
  };
}

/** What a coordinator is told by so many volunteers. No checker watches: that is for the simulation's own tests. */
function record(volunteers: number): readonly CoordinatorEvent[] {
  const events: CoordinatorEvent[] = [];
  const world = calmWorld({
    tabs: { honest: volunteers },
    workersMax: 2,
    jobs: [jobPlan({ tasks: TASKS, taskMs: 100, quorum: quorumOf(1) })],
  });
  const { problem } = runWorld(world, { checkers: [], record: (event) => events.push(event) });
  assert(
    problem === undefined,
    `the world of ${volunteers} volunteers ends well, not with ${problem}`,
  );
  return events;
}

/** The machine is deterministic: told the same, it decides the same, without the volunteers' garbage on its time. */
function microsecondsPerTask(events: readonly CoordinatorEvent[]): number {
  const coordinator = new Coordinator({ seed: 1, epoch: 1 });
  const began = performance.now();
  for (const event of events) coordinator.step(event);
  return ((performance.now() - began) * 1000) / TASKS;
}
