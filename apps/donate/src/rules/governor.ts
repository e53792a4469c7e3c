import type { DonationState, DonationWork } from 'manytabs/volunteer';
import { DeviceSensors } from '../device/device-sensors.ts';
import { IdleSense } from '../device/idle-sense.ts';
import { PressureWatch } from '../device/pressure-watch.ts';
import { monthBusyMs, type WorkRecord, withWork } from '../record/work-record.ts';
import type { Session } from '../session.ts';
import { type Allowance, allowance, type Facts } from './allowance.ts';
import { LagWatch } from './lag-watch.ts';
import { LoadMeter } from './load-meter.ts';
import type { Rules } from './rules.ts';

const LOOK_MS = 1_000;
/** Looks of a page that computes to one of a page that does not. */
const TICKS_AT_REST = 5;
const MIB = 1024 * 1024;

const PAUSABLE: ReadonlySet<DonationState> = new Set([
  'waiting',
  'fetching',
  'computing',
  'reconnecting',
]);

const AT_WORK: ReadonlySet<DonationState> = new Set(['connecting', 'fetching', 'computing']);

export interface GovernorParts {
  readonly rules: Rules;
  readonly record: WorkRecord;
  readonly cores: number;
  readonly onChange: () => void;
}

/** Holds the session to the rules, once a second and with every change. */
export class Governor {
  readonly #parts: GovernorParts;
  readonly #sensors = new DeviceSensors(() => this.look());
  readonly #pressure = new PressureWatch();
  readonly #lag = new LagWatch();
  readonly #meter = new LoadMeter();
  readonly idle = new IdleSense();
  #session: Session | undefined;
  #rules: Rules;
  #record: WorkRecord;
  #ticks = 0;
  #isLate = false;
  #allowance: Allowance;
  /** Paused by a rule, and not by the person. */
  #isResting = false;

  constructor(parts: GovernorParts) {
    this.#parts = parts;
    this.#rules = parts.rules;
    this.#record = parts.record;
    this.#allowance = allowance(this.#rules, this.#facts());
  }

  get rules(): Rules {
    return this.#rules;
  }

  get record(): WorkRecord {
    return this.#record;
  }

  get allowance(): Allowance {
    return this.#allowance;
  }

  get isResting(): boolean {
    return this.#isResting;
  }

  /** Cores at work, over the last ten seconds. */
  get measuredCores(): number {
    return this.#meter.cores(performance.now());
  }

  /** What this browser tells, as far as it does. */
  get facts(): Facts {
    return this.#facts();
  }

  get tellsOfPressure(): boolean {
    return this.#sensors.facts.pressure !== undefined;
  }

  govern(session: Session): void {
    this.#session = session;
    session.setStorage(this.#rules.storageMiB * MIB);
    session.onWork((work) => this.#count(work));
    session.subscribe(() => this.#apply());
    setInterval(() => this.#tick(), LOOK_MS);
    this.look();
  }

  change(rules: Partial<Rules>): void {
    this.#rules = { ...this.#rules, ...rules };
    if (rules.storageMiB !== undefined) this.#session?.setStorage(rules.storageMiB * MIB);
    this.look();
  }

  /** The person says so: a pause of theirs is no rest, and a resume ends a pause for an hour. */
  onPause(): void {
    this.#isResting = false;
    this.#session?.pause();
  }

  onResume(): void {
    if (this.#rules.pausedUntil > 0) this.change({ pausedUntil: 0 });
    const mayRun = this.#allowance.rest === undefined;
    // A tab that is finishing goes on first, and rests then.
    if (mayRun || this.#session?.view.state === 'finishing') this.#session?.resume();
    else this.#isResting = true;
    this.#parts.onChange();
  }

  look(): void {
    this.#allowance = allowance(this.#rules, this.#facts());
    this.#apply();
    this.#parts.onChange();
  }

  #tick(): void {
    const { state } = this.#session?.view ?? { state: 'idle' };
    if (state !== 'idle') this.#sensors.watch();
    if (document.hidden) this.#lag.skip();
    this.#isLate = this.#lag.look(performance.now(), LOOK_MS);
    this.#ticks++;
    // A page without work is looked at less often, and costs next to nothing.
    if (AT_WORK.has(state) || this.#ticks % TICKS_AT_REST === 0) this.look();
  }

  #apply(): void {
    const session = this.#session;
    if (!session) return;
    const { state } = session.view;
    const allowed = this.#allowance;
    if (allowed.rest !== undefined) {
      if (!PAUSABLE.has(state)) return;
      this.#isResting = true;
      session.pause();
      return;
    }
    if (session.view.workers !== allowed.workers) session.setWorkers(allowed.workers);
    session.setDuty(allowed.duty);
    if (!this.#isResting) return;
    this.#isResting = false;
    if (state === 'paused') session.resume();
  }

  #count(work: DonationWork): void {
    this.#meter.add(work.busyMs, performance.now());
    this.#record = withWork(this.#record, work, new Date());
  }

  #facts(): Facts {
    const { onBattery, savesData, pressure } = this.#sensors.facts;
    const told = this.#pressure.look(pressure, performance.now());
    const at = new Date();
    return {
      at,
      cores: this.#parts.cores,
      isIdle: this.idle.isIdle,
      onBattery,
      savesData,
      isPressed: told ?? this.#isLate,
      monthBusyMs: monthBusyMs(this.#record, at),
    };
  }
}
