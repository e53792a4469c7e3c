import type { WorkOrder } from '../shared/wire.ts';

/** Why a run is looked at closely: what its worker was killed for, before the guilty task was known. */
export type Suspicion = 'task-timeout' | 'task-flooded';

/** A run inside the frame: what is left of it, and whether one of its tasks is suspected. */
export interface TaskRun {
  readonly order: WorkOrder;
  /** The first task not reported yet. */
  next: number;
  isStarted: boolean;
  suspicion: Suspicion | undefined;
  /** Work done since the suspicion began, as the worker tells it. */
  suspectBusyMs: number;
}

export function taskRun(order: WorkOrder): TaskRun {
  return { order, next: order.from, isStarted: false, suspicion: undefined, suspectBusyMs: 0 };
}

/** The tasks a worker gets next: one at a time while a suspicion stands, else all that is left. */
export function nextOrder(run: TaskRun): WorkOrder {
  const to = run.suspicion ? run.next + 1 : run.order.to;
  return { ...run.order, from: run.next, to };
}
