import { isQuiet, quietFor, weekHourOf } from './quiet-hours.ts';
import type { Power, Rules } from './rules.ts';

/** What is known at one moment. Undefined: this browser does not tell. */
export interface Facts {
  readonly at: Date;
  readonly cores: number;
  readonly isIdle: boolean | undefined;
  readonly onBattery: boolean | undefined;
  readonly savesData: boolean | undefined;
  readonly isPressed: boolean | undefined;
  /** Computing time of one core, this month. */
  readonly monthBusyMs: number;
}

export type RestReason =
  | 'paused'
  | 'quiet-hours'
  | 'month'
  | 'metered'
  | 'battery'
  | 'pressure'
  | 'idle';

export interface Level {
  readonly workers: number;
  /** Share of the time each of them computes. */
  readonly duty: number;
}

/** What may be computed now: a level, or rest with its reason and, where it is known, its end. */
export type Allowance =
  | ({ readonly rest: undefined } & Level)
  | { readonly rest: RestReason; readonly until: number | undefined };

const WORKERS_MAX = 128;
const HOUR_MS = 3_600_000;

/** Of all cores, how many work, and for how much of the time. */
const SHARES: Readonly<Record<Power, { readonly cores: number; readonly duty: number }>> = {
  quiet: { cores: 0.25, duty: 0.5 },
  balanced: { cores: 0.5, duty: 0.75 },
  full: { cores: 1, duty: 1 },
};

export function levelOf(power: Power, cores: number): Level {
  const known = Number.isFinite(cores) ? cores : 1;
  const share = SHARES[power];
  const workers = Math.min(WORKERS_MAX, Math.max(1, Math.floor(known * share.cores)));
  return { workers, duty: share.duty };
}

/** The rules held against the facts, the strictest first. */
export function allowance(rules: Rules, facts: Facts): Allowance {
  return restOf(rules, facts) ?? { rest: undefined, ...levelNow(rules, facts) };
}

function restOf(rules: Rules, facts: Facts): Allowance | undefined {
  const now = facts.at.getTime();
  const weekHour = weekHourOf(facts.at);
  if (rules.pausedUntil > now) return { rest: 'paused', until: rules.pausedUntil };
  if (isQuiet(rules.quietHours, weekHour))
    return { rest: 'quiet-hours', until: endOfQuiet(rules, facts.at, weekHour) };
  if (rules.monthHours > 0 && facts.monthBusyMs >= rules.monthHours * HOUR_MS) return rest('month');
  if (facts.savesData && rules.metered === 'pause') return rest('metered');
  if (facts.onBattery && rules.battery === 'pause') return rest('battery');
  if (facts.isPressed && rules.pressure === 'pause') return rest('pressure');
  return facts.isIdle && rules.idle === 'pause' ? rest('idle') : undefined;
}

function rest(reason: RestReason): Allowance {
  return { rest: reason, until: undefined };
}

function endOfQuiet({ quietHours }: Rules, at: Date, weekHour: number): number | undefined {
  const hours = quietFor(quietHours, weekHour);
  if (hours === undefined) return undefined;
  const end = new Date(at);
  end.setHours(at.getHours() + hours, 0, 0, 0);
  return end.getTime();
}

function levelNow(rules: Rules, facts: Facts): Level {
  const level = chosenLevel(rules, facts);
  const quiet = levelOf('quiet', facts.cores);
  const isEased =
    (facts.savesData && rules.metered === 'quiet') ||
    (facts.onBattery && rules.battery === 'quiet') ||
    (facts.isPressed && rules.pressure === 'quiet' && !takesAll(level, facts.cores));
  return isEased ? lesser(level, quiet) : level;
}

/** All cores at full duty press on the device by themselves: whoever chose that means it. */
function takesAll({ workers, duty }: Level, cores: number): boolean {
  return workers * duty >= cores * 0.9;
}

function chosenLevel(rules: Rules, { isIdle, cores }: Facts): Level {
  const { idle, power, workers, duty } = rules;
  if (isIdle && idle !== 'same' && idle !== 'pause') return levelOf(idle, cores);
  return power === 'custom' ? { workers, duty } : levelOf(power, cores);
}

function lesser(one: Level, other: Level): Level {
  return one.workers * one.duty <= other.workers * other.duty ? one : other;
}
