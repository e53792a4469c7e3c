import {
  type Explanation,
  hasEnded,
  type JobCost,
  type JobState,
  type JobTimes,
  type JobView,
  type Quantiles,
  type TaskCounts,
} from '@manytabs/protocol';

// What is said of the parts of a job, as one.

/** The parts in their order; the first one's id is that of the whole. */
export function mergedView(parts: readonly [JobView, ...JobView[]]): JobView {
  const [first] = parts;
  const state = mergedState(parts.map((part) => part.state));
  const sum = (read: (view: JobView) => number) => total(parts.map(read));
  const { checks, cost, ...rest } = first;
  const costs = (of: keyof JobCost) => sum((view) => view.cost?.[of] ?? 0);
  const checked = (of: 'audits' | 'auditedTasks' | 'retracted') =>
    sum((view) => view.checks?.[of] ?? 0);
  return {
    ...rest,
    state,
    reason: parts.find((part) => part.state === state && part.reason !== '')?.reason ?? '',
    ...(checks
      ? {
          checks: {
            audits: checked('audits'),
            auditedTasks: checked('auditedTasks'),
            retracted: checked('retracted'),
          },
        }
      : {}),
    ...(cost
      ? {
          cost: {
            executions: costs('executions'),
            decided: costs('decided'),
            resultBytes: costs('resultBytes'),
            givenBytes: costs('givenBytes'),
          },
        }
      : {}),
    times: mergedTimes(parts),
    tasks: mergedCounts(parts.map(({ tasks }) => tasks)),
    endedAt: hasEnded(state) ? Math.max(...parts.map(({ endedAt = 0 }) => endedAt)) : undefined,
    tasksPerSecond: sum((view) => (hasEnded(view.state) ? 0 : view.tasksPerSecond)),
    etaMs: mergedEta(parts),
    busyMs: sum((view) => view.busyMs),
    volunteers: mergedVolunteers(parts),
    disagreements: sum((view) => view.disagreements),
    errors: mergedErrors(parts),
  };
}

/** It goes on while a part does, and is paused when no part goes on; it is done where all parts are. */
export function mergedState(states: readonly JobState[]): JobState {
  const order: JobState[] = ['running', 'paused', 'cancelled'];
  const found = order.find((state) => states.includes(state));
  if (found) return found;
  const [first = 'done'] = states;
  return states.every((state) => state === first) ? first : 'partial';
}

export function mergedExplanation(parts: readonly Explanation[]): Explanation {
  const sentences = parts.flatMap((part, at) =>
    part.sentences.map((sentence) => `Part ${at + 1} of ${parts.length}: ${sentence}`),
  );
  return { state: mergedState(parts.map(({ state }) => state)), sentences };
}

/** As many of every part took no longer, so as many of all. */
function mergedTimes(parts: readonly JobView[]): JobTimes | undefined {
  const times = parts.flatMap((part) => part.times ?? []);
  if (times.length === 0) return undefined;
  return {
    computing: most(times.map(({ computing }) => computing)),
    waiting: most(times.map(({ waiting }) => waiting)),
  };
}

function most(quantiles: readonly Quantiles[]): Quantiles {
  const of = (name: keyof Quantiles) => Math.max(...quantiles.map((each) => each[name]));
  return { p50: of('p50'), p90: of('p90'), p99: of('p99') };
}

const COUNTS = ['total', 'waiting', 'running', 'provisional', 'final', 'failed'] as const;

function mergedCounts(counts: readonly TaskCounts[]): TaskCounts {
  const sums = COUNTS.map((name) => [name, total(counts.map((count) => count[name]))]);
  return Object.fromEntries(sums) as Record<(typeof COUNTS)[number], number>;
}

/** Of the part that takes longest; unknown while one is. */
function mergedEta(parts: readonly JobView[]): JobView['etaMs'] {
  const etas = parts.filter(({ state }) => !hasEnded(state)).map(({ etaMs }) => etaMs);
  if (etas.length === 0 || etas.includes(undefined)) return undefined;
  const known = etas.flatMap((eta) => (eta ? [eta] : []));
  return [Math.max(...known.map(([low]) => low)), Math.max(...known.map(([, high]) => high))];
}

function mergedVolunteers(parts: readonly JobView[]): JobView['volunteers'] {
  const tasks = new Map<JobView['volunteers'][number]['volunteer'], number>();
  for (const { volunteer, tasks: count } of parts.flatMap(({ volunteers }) => volunteers)) {
    tasks.set(volunteer, (tasks.get(volunteer) ?? 0) + count);
  }
  return [...tasks]
    .map(([volunteer, count]) => ({ volunteer, tasks: count }))
    .sort((a, b) => b.tasks - a.tasks);
}

function mergedErrors(parts: readonly JobView[]): JobView['errors'] {
  const groups = new Map<string, JobView['errors'][number]>();
  for (const error of parts.flatMap(({ errors }) => errors)) {
    const name = `${error.code} ${error.message}`;
    const count = error.count + (groups.get(name)?.count ?? 0);
    groups.set(name, { ...error, count });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
