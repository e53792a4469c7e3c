import type { JobView, Quantiles } from '@manytabs/protocol';
import { bytesText, countText, timeText } from './number-text.ts';

/** How long half, nine tenths and ninety-nine hundredths of the tasks took. */
export interface TimeRow {
  readonly name: string;
  readonly quantiles: Quantiles;
}

export function timeRows({ times }: JobView): readonly TimeRow[] {
  if (!times) return [];
  return [
    { name: 'computing', quantiles: times.computing },
    { name: 'waiting', quantiles: times.waiting },
  ];
}

/** `p50 12 ms, p90 40 ms, p99 1.2 s`. */
export function quantilesText({ p50, p90, p99 }: Quantiles): string {
  return `p50 ${timeText(p50)}, p90 ${timeText(p90)}, p99 ${timeText(p99)}`;
}

export interface CostRow {
  readonly name: string;
  readonly value: string;
}

/** What a job took of others: computing time, executions, bytes. */
export function costRows({ busyMs, cost }: JobView): readonly CostRow[] {
  const rows = [{ name: 'computing', value: `${coreSeconds(busyMs)} core seconds` }];
  if (!cost) return rows;
  const { executions, decided, givenBytes, resultBytes } = cost;
  if (decided > 0) {
    rows.push({ name: 'executions per task', value: (executions / decided).toFixed(2) });
  }
  rows.push({ name: 'executions', value: countText(executions) });
  rows.push({ name: 'moved to volunteers', value: bytesText(givenBytes) });
  rows.push({ name: 'moved back', value: bytesText(resultBytes) });
  return rows;
}

function coreSeconds(ms: number): string {
  const seconds = ms / 1_000;
  return seconds < 100 ? seconds.toFixed(seconds < 10 ? 2 : 1) : countText(Math.round(seconds));
}
