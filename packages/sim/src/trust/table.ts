import { Crowd, type Outcome } from './crowd.ts';
import { crowdOf, RULES, type Rule, SCENARIOS, type Scenario } from './scenarios.ts';

const SEEDS = 20;

/** What several seeds of a scenario came to under one rule. */
export interface Cell {
  readonly scenario: string;
  readonly rule: string;
  /** Executions per task. */
  readonly cost: number;
  /** Results of others that were looked at, per task. */
  readonly looks: number;
  /** Of the tasks that became final. */
  readonly wrongShare: number;
  readonly undecided: number;
  readonly trustedShare: number;
  readonly caught: number;
  readonly innocent: number;
  readonly microsPerResult: number;
}

export function measure(
  scenario: Scenario,
  rule: Rule,
  options: { readonly seeds: readonly number[]; readonly scale?: number },
): Cell {
  const outcomes = options.seeds.map((seed) =>
    new Crowd(crowdOf(scenario, rule, seed, options.scale)).run(),
  );
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const executions = sum((outcome) => outcome.executions);
  return {
    scenario: scenario.name,
    rule: rule.name,
    cost: executions / sum((outcome) => outcome.tasks),
    looks: sum((outcome) => outcome.checks) / sum((outcome) => outcome.tasks),
    wrongShare:
      sum((outcome) => outcome.wrong) /
      Math.max(
        1,
        sum((outcome) => outcome.final),
      ),
    undecided: sum((outcome) => outcome.tasks - outcome.final),
    trustedShare: sum((outcome) => outcome.trusted) / executions,
    caught: sum((outcome) => outcome.caught) / outcomes.length,
    innocent: sum((outcome) => outcome.innocent) / outcomes.length,
    microsPerResult: (1_000 * sum((outcome) => outcome.stepMs)) / executions,
  };
}

/** Honest machines are wrong in 2 of 1,000: what one of them says alone is no surer, whatever the tier promises. */
const WRONG_MAX: Readonly<Record<string, number>> = {
  draft: 1e-2,
  standard: 1.3e-3,
  strict: 1e-4,
  verify: 1e-3,
};

/** The promises of docs/spec/trust.md that the table shows or breaks. */
export function brokenPromise({ rule, scenario, cost, wrongShare }: Cell): string | undefined {
  const standard = rule === 'standard';
  if (standard && scenario === 'clean, long-lived' && cost > 1.5)
    return 'it costs more than 1.5 executions';
  if (standard && scenario.startsWith('20 % collude') && wrongShare > 1e-3)
    return 'over 1 in 1,000 is wrong';
  const most = WRONG_MAX[rule] ?? 1;
  return wrongShare > most ? `over ${most * 1_000} in 1,000 are wrong` : undefined;
}

/** `npm run sim -- trust [seeds]`: every attack under every rule, over seeds; fails where a promise is broken. */
export function runTrust(args: readonly string[]): number {
  const count = Number(args[0] ?? SEEDS);
  if (!Number.isSafeInteger(count) || count < 1) {
    console.error('npm run sim -- trust [COUNT]');
    return 2;
  }
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  console.log(`cost in executions a task, wrong of 1,000 final results, over ${count} seeds;`);
  console.log('one trusted volunteer in each crowd; 0.2 % of honest results are wrong too.\n');
  console.log(line(['scenario', ...RULES.map(({ name }) => name)]));
  const broken: string[] = [];
  const cells: Cell[] = [];
  for (const scenario of SCENARIOS) {
    const row = RULES.map((rule) => measure(scenario, rule, { seeds }));
    cells.push(...row);
    console.log(line([scenario.name, ...row.map(cellText)]));
    for (const cell of row) {
      const promise = brokenPromise(cell);
      if (promise) broken.push(`${cell.scenario}, ${cell.rule}: ${promise}`);
    }
  }
  console.log(`\n${summary(cells)}`);
  for (const text of broken) console.log(`BROKEN ${text}`);
  return broken.length === 0 ? 0 : 1;
}

function cellText({ cost, wrongShare, undecided }: Cell): string {
  const open = undecided > 0 ? ` (${undecided} open)` : '';
  return `${cost.toFixed(2)}x ${(wrongShare * 1_000).toFixed(2)}${open}`;
}

function summary(cells: readonly Cell[]): string {
  const mean = (of: (cell: Cell) => number, rule: string) => {
    const some = cells.filter((cell) => cell.rule === rule);
    return some.reduce((total, cell) => total + of(cell), 0) / some.length;
  };
  const of = (rule: string) =>
    `${rule}: ${mean((cell) => cell.microsPerResult, rule).toFixed(1)} µs of the coordinator a result, ` +
    `${(100 * mean((cell) => cell.trustedShare, rule)).toFixed(1)} % by the trusted one, ` +
    `${mean((cell) => cell.innocent, rule).toFixed(2)} honest shut out a run, ` +
    `${mean((cell) => cell.looks, rule).toFixed(1)} results of others looked at a task`;
  return RULES.map(({ name }) => of(name)).join('\n');
}

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => cell.padEnd(i === 0 ? 28 : 20)).join('');
}
