import { Coordinator, type CoordinatorEvent } from '@manytabs/kernel';
import { must } from '@manytabs/protocol';
import { Crowd, crowdOf, RULES, type Rule, SCENARIOS } from '@manytabs/sim';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const SCENARIO = '5 % collude';

interface Recording {
  readonly events: readonly CoordinatorEvent[];
  readonly results: number;
}

/**
 * What believing costs the coordinator: the same crowd at `standard` and without any vote, a result a message; the
 * difference of the processor time per result is that of votes, standings, audits and quarantine.
 */
export async function trust(bench: Bench): Promise<readonly Row[]> {
  const standard = record(
    must(
      RULES.find(({ name }) => name === 'standard'),
      'there is a rule',
    ),
  );
  const none = record({ name: 'none', rules: { quorum: { ...QUORUM_1 } } });
  const costs: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const [believing, taking] = [microsPerResult(standard), microsPerResult(none)];
    bench.say(`  standard ${believing.toFixed(2)} µs, none ${taking.toFixed(2)} µs`);
    costs.push(believing - taking);
  }
  return [
    {
      figure: 'voting and reputation per result, coordinator CPU',
      value: median(costs),
      unit: 'µs',
      target: { atMost: 20 },
      samples: costs,
      note: `${standard.results} results of a crowd of 200, of whom 5 % collude, against ${none.results} taken as they come.`,
    },
  ];
}

const QUORUM_1 = {
  minQuorum: 1,
  targetResults: 1,
  maxErrorResults: 3,
  maxTotalResults: 10,
  maxSuccessResults: 6,
};

function record(rule: Rule): Recording {
  const events: CoordinatorEvent[] = [];
  const scenario = must(
    SCENARIOS.find(({ name }) => name === SCENARIO),
    'there is a scenario',
  );
  const options = {
    ...crowdOf(scenario, rule, 1),
    record: (event: CoordinatorEvent) => void events.push(event),
  };
  const { results } = new Crowd(options).run();
  return { events, results };
}

/** The machine is deterministic: told the same, it decides the same. */
function microsPerResult({ events, results }: Recording): number {
  const coordinator = new Coordinator({ seed: 1, epoch: 1 });
  const before = process.cpuUsage();
  for (const event of events) coordinator.step(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / results;
}
