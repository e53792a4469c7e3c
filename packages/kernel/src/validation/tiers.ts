import type { Tier } from '@manytabs/protocol';

/** What a tier demands of a result. */
export interface TierRule {
  /** The chance of being wrong that is accepted. */
  readonly epsilon: number;
  /** A volunteer is never taken to be wrong less often than this before it is checked. */
  readonly errorPriorMin: number;
  /** Checked results after which one execution may do; none: never. */
  readonly singleAt: number;
  /** Executions asked for at first. */
  readonly firstWave: number;
  /** Executions of known volunteers that do where each has `knownAt` checked results. */
  readonly knownWave: number;
  readonly knownAt: number;
  /** Agreeing volunteers that nobody knows, where nobody else is there to ask. */
  readonly newcomersMin: number;
  /** By how many votes newcomers must lead where more of them could be asked: 4 ** lead >= 1 / epsilon. */
  readonly newcomersLead: number;
  /** For how many tasks' time a result that is believed may still be taken back, if its volunteers are found wrong. */
  readonly coolingTasks: number;
}

const NEVER = Number.POSITIVE_INFINITY;

export const TIERS: Readonly<Record<Tier, TierRule>> = {
  draft: {
    epsilon: 1e-2,
    errorPriorMin: 0.05,
    singleAt: 5,
    firstWave: 2,
    knownWave: 2,
    knownAt: NEVER,
    newcomersMin: 2,
    newcomersLead: 4,
    coolingTasks: 0,
  },
  standard: {
    epsilon: 1e-3,
    errorPriorMin: 0.05,
    singleAt: 50,
    firstWave: 2,
    knownWave: 2,
    knownAt: NEVER,
    newcomersMin: 2,
    newcomersLead: 5,
    coolingTasks: 4,
  },
  strict: {
    epsilon: 1e-5,
    errorPriorMin: 0.1,
    singleAt: NEVER,
    firstWave: 3,
    knownWave: 2,
    knownAt: 32,
    newcomersMin: 3,
    newcomersLead: 9,
    coolingTasks: 4,
  },
};

/** Results of a task that come to no decision; after these only a trusted volunteer is asked. */
export const RESULTS_MAX = 12;
