import { type HoursText, NO_QUIET_HOURS, readHours } from './quiet-hours.ts';

export type Power = 'quiet' | 'balanced' | 'full';
export type Change = 'same' | 'quiet' | 'pause';
export type IdleChange = 'same' | Power | 'pause';

/** What the person at this device allows. Everything is decided in this browser. */
export interface Rules {
  readonly power: Power | 'custom';
  /** Of power `custom`. */
  readonly workers: number;
  readonly duty: number;
  readonly idle: IdleChange;
  readonly battery: Change;
  readonly metered: Change;
  readonly pressure: Change;
  readonly quietHours: HoursText;
  /** ms since the epoch; 0: no pause. */
  readonly pausedUntil: number;
  readonly storageMiB: number;
  /** Computing hours a month, of one core; 0: no limit. */
  readonly monthHours: number;
  readonly blocked: readonly string[];
  readonly followed: readonly string[];
  /** Takes work of those it follows alone. */
  readonly onlyFollowed: boolean;
}

export const STORAGE_MIB = [64, 256, 1024] as const;
export const MONTH_HOURS = [0, 10, 50, 200] as const;
const CAUSES_MAX = 100;
const CAUSE_CHARS_MAX = 300;

export function firstRules(device: { handheld: boolean; workers: number | undefined }): Rules {
  const { handheld, workers } = device;
  const isAsked = workers !== undefined;
  return {
    power: isAsked ? 'custom' : handheld ? 'quiet' : 'balanced',
    workers: workers ?? 1,
    duty: 1,
    idle: 'same',
    // Whoever names a number of workers in the address steers the tab from outside.
    battery: isAsked ? 'same' : handheld ? 'pause' : 'quiet',
    metered: isAsked ? 'same' : 'pause',
    pressure: isAsked ? 'same' : 'quiet',
    quietHours: NO_QUIET_HOURS,
    pausedUntil: 0,
    storageMiB: 1024,
    monthHours: 0,
    blocked: [],
    followed: [],
    onlyFollowed: false,
  };
}

/** Rules as they were stored; what is missing or cannot be is as in `first`. */
export function readRules(stored: unknown, first: Rules): Rules {
  const given = typeof stored === 'object' && stored !== null ? stored : {};
  const said = given as Readonly<Record<string, unknown>>;
  return {
    power: oneOf(said.power, ['quiet', 'balanced', 'full', 'custom'], first.power),
    workers: Math.floor(within(said.workers, 1, 128, first.workers)),
    duty: within(said.duty, 0.1, 1, first.duty),
    idle: oneOf(said.idle, ['same', 'quiet', 'balanced', 'full', 'pause'], first.idle),
    battery: oneOf(said.battery, CHANGES, first.battery),
    metered: oneOf(said.metered, CHANGES, first.metered),
    pressure: oneOf(said.pressure, CHANGES, first.pressure),
    quietHours: readHours(said.quietHours) ?? first.quietHours,
    pausedUntil: within(said.pausedUntil, 0, 8.64e15, 0),
    storageMiB: oneOf(said.storageMiB, STORAGE_MIB, first.storageMiB as 1024),
    monthHours: oneOf(said.monthHours, MONTH_HOURS, first.monthHours as 0),
    blocked: texts(said.blocked),
    followed: texts(said.followed),
    onlyFollowed: said.onlyFollowed === true,
  };
}

const CHANGES = ['same', 'quiet', 'pause'] as const;

function oneOf<T>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.find((each) => each === value) ?? otherwise;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const good = value.filter((text) => typeof text === 'string' && text.length <= CAUSE_CHARS_MAX);
  return good.slice(0, CAUSES_MAX);
}
