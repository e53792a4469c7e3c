import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import type { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { emulateDevice, type Signal } from './device-signals.ts';
import { DonorTab, type Rules } from './donor-tab.ts';
import { ProcessorWatch } from './processor-watch.ts';
import { spinJob } from './spin-job.ts';

const TASK_MS = 20;
const SETTLED_MS = 1_500;
const HOUR_MS = 3_600_000;

interface Rule {
  readonly name: string;
  readonly rules: Rules;
  readonly begin: (page: Page) => Promise<unknown>;
  readonly atMost: number;
  readonly note: string;
}

/** Patience of a minute's quarter before pressure counts, and a look at it each second. */
const PRESSURE_MS = 17_500;

const LOOKED_MS = 1_500;

const told = (signal: Signal) => (page: Page) =>
  page.evaluate(
    (name) =>
      (globalThis as unknown as { emulate(n: string, on: boolean): void }).emulate(name, true),
    signal,
  );

const RULES: readonly Rule[] = [
  {
    name: 'on battery',
    rules: { battery: 'pause' },
    begin: told('battery'),
    atMost: 250,
    note: 'The browser’s signal is emulated.',
  },
  {
    name: 'on a metered network',
    rules: { metered: 'pause' },
    begin: told('metered'),
    atMost: 250,
    note: 'The browser’s signal is emulated.',
  },
  {
    name: 'the device is idle',
    rules: { idle: 'pause' },
    begin: told('idle'),
    atMost: 250,
    note: 'The browser’s signal is emulated.',
  },
  {
    name: 'the device is overloaded',
    rules: { pressure: 'pause' },
    begin: told('pressure'),
    atMost: PRESSURE_MS,
    note: 'The browser’s signal is emulated; critical pressure counts after 15 s.',
  },
  {
    name: 'pause for an hour',
    rules: {},
    begin: (page) => page.click('#pause-hour'),
    atMost: 250,
    note: 'From the click.',
  },
];

/** From the moment that a rule applies until the tab is at rest. */
export async function rulesKept(bench: Bench, grid: BenchGrid): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const rule of RULES) rows.push(await ruleRow(bench, grid, rule));
  return [...rows, await quietHoursRow(bench, grid), await monthRow(bench, grid)];
}

async function ruleRow(bench: Bench, grid: BenchGrid, rule: Rule): Promise<Row> {
  const { name, rules, begin, atMost, note } = rule;
  const browser = await bench.browser();
  const job = await spinJob(grid, TASK_MS);
  const tab = await DonorTab.open(browser, grid, { rules, script: emulateDevice });
  await tab.start();
  await tab.until('state', /computing/);
  await tab.page.evaluate(() => document.getElementById('idle-ask')?.click());
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const watch = await ProcessorWatch.workers(browser);
  const since = performance.now();
  await begin(tab.page);
  await tab.until('phase', /waiting/);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  watch.end();
  await job.cancel();
  await tab.close();
  return {
    figure: `rest when ${name}: until the workers rest`,
    value: watch.lastBusy(since) - since,
    unit: 'ms',
    target: { atMost },
    note,
  };
}

/** Seconds before the hour when the tab starts: the day's own clock goes on from there. */
const BEFORE_MS = 6_000;

/** The page's day is moved so that an hour begins in a few seconds; the clock runs as ever. */
async function quietHoursRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const browser = await bench.browser();
  const job = await spinJob(grid, TASK_MS);
  const hour = ((new Date().getDay() + 6) % 7) * 24 + new Date().getHours();
  const quietHours = Array.from({ length: 168 }, (_, i) => (i === (hour + 1) % 168 ? '1' : '0'));
  const tab = await DonorTab.open(browser, grid, { rules: { quietHours: quietHours.join('') } });
  await tab.page.addInitScript(moveDay, BEFORE_MS);
  await tab.page.reload();
  const watch = await ProcessorWatch.workers(browser);
  const hourAt = performance.now() + (await tab.page.evaluate(untilTheHour));
  await tab.start();
  await tab.until('reason', /quiet-hours/);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  watch.end();
  await job.cancel();
  await tab.close();
  return {
    figure: 'quiet hours: until the workers rest, once the hour has begun',
    value: watch.lastBusy(hourAt) - hourAt,
    unit: 'ms',
    target: { atMost: LOOKED_MS },
    note: 'The page looks at its clock once a second.',
  };
}

function moveDay(beforeMs: number): void {
  const hourMs = 3_600_000;
  const Real = Date;
  // Kept over reloads of this tab, so that the clock never jumps.
  const moved = Math.ceil(Real.now() / hourMs) * hourMs - beforeMs - Real.now();
  globalThis.Date = class extends Real {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [Real.now() + moved]) as [number]));
    }
    static override now(): number {
      return Real.now() + moved;
    }
  } as DateConstructor;
}

function untilTheHour(): number {
  const hourMs = 3_600_000;
  return Math.ceil(Date.now() / hourMs) * hourMs - Date.now();
}

const CAP_HOURS = 10;
const LEFT_MS = 5_000;

/** A month whose hours are used up to the last five seconds. */
async function monthRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const browser = await bench.browser();
  const job = await spinJob(grid, TASK_MS);
  const used = CAP_HOURS * HOUR_MS - LEFT_MS;
  const now = new Date();
  const month = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}`;
  const record = {
    done: 0,
    failed: 0,
    busyMs: used,
    jobs: [],
    months: { [month]: used },
    days: [],
  };
  const tab = await DonorTab.open(browser, grid, {
    rules: { monthHours: CAP_HOURS },
    stored: { 'manytabs-record': record },
  });
  await tab.start();
  await tab.until('reason', /month/, 60_000);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const total = await busyOf(tab.page);
  await job.cancel();
  await tab.close();
  return {
    figure: `monthly cap with ${LEFT_MS / 1000} s left: computing time past the cap`,
    value: Math.max(0, total - LEFT_MS),
    unit: 'ms',
    target: { atMost: LOOKED_MS },
    note: `It computed for ${Math.round(total)} ms.`,
  };
}

/** What this visit computed, as the page counts it. */
function busyOf(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.documentElement.dataset.busyMs ?? '0'));
}
