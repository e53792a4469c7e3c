import type { Quorum, Tier } from '@manytabs/protocol';
import type { CrowdOptions } from './crowd.ts';
import type { Habit } from './member.ts';

/** A crowd by shares, and how long its identities last. */
export interface Scenario {
  readonly name: string;
  readonly members: number;
  readonly tasksPerMember: number;
  readonly shares: Readonly<Partial<Record<Habit, number>>>;
  readonly wakesAfter?: number;
}

const SHORT = { members: 200, tasksPerMember: 50 };
const LONG = { members: 40, tasksPerMember: 500 };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'clean, long-lived', ...LONG, shares: {} },
  { name: 'clean', ...SHORT, shares: {} },
  { name: '5 % collude', ...SHORT, shares: { colluder: 0.05 } },
  { name: '20 % collude', ...SHORT, shares: { colluder: 0.2 } },
  { name: '20 % collude, long-lived', ...LONG, shares: { colluder: 0.2 } },
  { name: '40 % collude', ...SHORT, shares: { colluder: 0.4 } },
  { name: '20 % sleep, lie after 15', ...SHORT, shares: { sleeper: 0.2 }, wakesAfter: 15 },
  {
    name: '20 % sleep, lie after 150',
    ...LONG,
    shares: { sleeper: 0.2 },
    wakesAfter: 150,
  },
  { name: '20 % reborn for free', ...SHORT, shares: { reborn: 0.2 } },
  { name: '10 % lie, 20 % copy them', ...SHORT, shares: { colluder: 0.1, copier: 0.2 } },
  { name: '20 % lie and are slow', ...SHORT, shares: { slow: 0.2 } },
];

/** One in two hundred machines is broken (research: 35 % of hosts err at least once, few often). */
const BROKEN_SHARE = 0.005;

export interface Rule {
  readonly name: string;
  readonly rules: CrowdOptions['rules'];
}

function bounds(minQuorum: number): Quorum {
  return {
    minQuorum,
    targetResults: minQuorum,
    maxErrorResults: 3,
    maxTotalResults: 64,
    maxSuccessResults: 64,
  };
}

const tier = (name: Tier): Rule => ({ name, rules: { tier: name, quorum: bounds(2) } });

export const RULES: readonly Rule[] = [
  { name: 'quorum 2', rules: { quorum: bounds(2) } },
  tier('draft'),
  tier('standard'),
  tier('strict'),
  {
    name: 'verify',
    rules: {
      tier: 'standard',
      quorum: bounds(2),
      check: { kind: 'verify', export: 'verify' },
    },
  },
];

export function crowdOf(scenario: Scenario, rule: Rule, seed: number, scale = 1): CrowdOptions {
  const size = Math.max(10, Math.round(scenario.members * scale));
  const members: Partial<Record<Habit, number>> = { trusted: 1 };
  let others = 0;
  for (const [habit, share] of Object.entries(scenario.shares)) {
    members[habit as Habit] = Math.round(size * share);
    others += members[habit as Habit] ?? 0;
  }
  members.broken = Math.round(size * BROKEN_SHARE);
  members.honest = size - others - members.broken;
  return {
    seed,
    members,
    tasks: size * scenario.tasksPerMember,
    wakesAfter: scenario.wakesAfter ?? 0,
    rules: rule.rules,
  };
}
