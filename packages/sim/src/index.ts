export type { Checker } from './checkers/checker.ts';
export { allCheckers } from './checkers/checker.ts';
export type { Facts } from './facts.ts';
export {
  type Behaviour,
  calmWorld,
  drawOptions,
  jobPlan,
  quorumOf,
  type WorldOptions,
} from './options.ts';
export { type Report, type RunTools, runWorld } from './run.ts';
export { Crowd, type CrowdOptions, type Outcome } from './trust/crowd.ts';
export { crowdOf, RULES, type Rule, SCENARIOS, type Scenario } from './trust/scenarios.ts';
export type { JobPlan } from './workload.ts';
