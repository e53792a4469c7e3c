import type { JobView, NodeView, StatusView } from '@manytabs/protocol';
import { answerPage } from '../answer-page.ts';
import type { Load } from './opening.ts';

// What several servers say of their parts of a grid, as one.

/** Each job is one server's; the first of them all by their ids, as many as one answer holds. */
export function allJobs(parts: readonly (readonly JobView[])[]): JobView[] {
  const jobs = new Map(parts.flat().map((job) => [job.jobId, job]));
  return answerPage([...jobs.values()], ({ jobId }) => jobId, undefined);
}

/** A tab may work for several servers; what they know of it is added up. As many as one answer holds. */
export function allNodes(parts: readonly (readonly NodeView[])[]): NodeView[] {
  const nodes = new Map<string, NodeView>();
  for (const node of parts.flat()) {
    const known = nodes.get(node.volunteer);
    nodes.set(node.volunteer, known ? together(known, node) : node);
  }
  return answerPage([...nodes.values()], ({ volunteer }) => volunteer, undefined);
}

function together(a: NodeView, b: NodeView): NodeView {
  const busier = b.running > a.running ? b : a;
  return {
    ...busier,
    workers: Math.max(a.workers, b.workers),
    running: Math.min(a.running + b.running, Math.max(a.workers, b.workers)),
    joinedAt: Math.min(a.joinedAt, b.joinedAt),
    heardAt: Math.max(a.heardAt, b.heardAt),
    tasks: a.tasks + b.tasks,
    valid: a.valid + b.valid,
    invalid: a.invalid + b.invalid,
    errors: a.errors + b.errors,
    busyMs: a.busyMs + b.busyMs,
    shards: Math.max(a.shards, b.shards),
    shardBytes: Math.max(a.shardBytes, b.shardBytes),
  };
}

/** A status of one server, with the numbers of all. */
export function wholeStatus(own: StatusView, loads: readonly Load[]): StatusView {
  const sum = (read: (load: Load) => number) =>
    loads.reduce((total, load) => total + read(load), 0);
  return {
    ...own,
    volunteers: sum(({ volunteers }) => volunteers),
    workers: sum(({ workers }) => workers),
    jobs: sum(({ jobs }) => jobs),
    tasks: { running: sum(({ running }) => running), final: sum(({ final }) => final) },
  };
}
