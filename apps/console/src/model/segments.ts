import type { TaskCounts } from '@manytabs/protocol';

export type SegmentKind = 'final' | 'provisional' | 'running' | 'failed' | 'waiting';

export interface Segment {
  readonly kind: SegmentKind;
  readonly label: string;
  readonly count: number;
  /** Of the bar, 0 to 1; all segments together make 1. */
  readonly share: number;
}

const ORDER: readonly (readonly [SegmentKind, string])[] = [
  ['final', 'final'],
  ['provisional', 'waiting for votes'],
  ['running', 'running'],
  ['failed', 'failed'],
  ['waiting', 'waiting'],
];

/** A segment with anything in it is never thinner than this. */
const SHARE_MIN = 0.008;

/** The five parts of a progress bar, in the order they are drawn; empty ones are kept with share 0. */
export function segmentsOf(tasks: TaskCounts): readonly Segment[] {
  const counts = ORDER.map(([kind]) => Math.max(0, tasks[kind]));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const raised = counts.map((count) =>
    count === 0 || total === 0 ? 0 : Math.max(SHARE_MIN, count / total),
  );
  const sum = raised.reduce((all, share) => all + share, 0) || 1;
  return ORDER.map(([kind, label], i) => ({
    kind,
    label,
    count: counts[i] ?? 0,
    share: (raised[i] ?? 0) / sum,
  }));
}

/** 0 to 1: tasks that are decided, one way or the other. */
export function fractionDecided(tasks: TaskCounts): number {
  return tasks.total === 0 ? 0 : Math.min(1, (tasks.final + tasks.failed) / tasks.total);
}

/** 0 to 1: tasks with a result that will stay. */
export function fractionFinal(tasks: TaskCounts): number {
  return tasks.total === 0 ? 0 : Math.min(1, tasks.final / tasks.total);
}

/** Rounded down, so that 100 % means all of it. */
export function percentText(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`;
}
