import type { Checkpoint, WorkOrder } from '../shared/wire.ts';

/** Why a run is looked at closely: what its worker was killed for, before the guilty task was known. */
export type Suspicion = 'task-timeout' | 'task-flooded' | 'task-crashed';

/** A run inside the frame: what is left of it, and whether one of its tasks is suspected. */
export interface TaskRun {
  readonly order: WorkOrder;
  /** The first task not reported yet. */
  next: number;
  isStarted: boolean;
  suspicion: Suspicion | undefined;
  /** Work done since the suspicion began, as the worker tells it. */
  suspectBusyMs: number;
  /** The newest, where its task goes on if it is run again. */
  checkpoint: Checkpoint | undefined;
}

export function taskRun(order: WorkOrder): TaskRun {
  const { from: next, checkpoint, isSuspect } = order;
  const suspicion = isSuspect ? 'task-crashed' : undefined;
  return { order, next, isStarted: false, suspicion, suspectBusyMs: 0, checkpoint };
}

/** The tasks a worker gets next: one at a time while a suspicion stands, else all that is left. */
export function nextOrder(run: TaskRun): WorkOrder {
  const to = run.suspicion ? run.next + 1 : run.order.to;
  return { ...run.order, from: run.next, to, checkpoint: run.checkpoint };
}
