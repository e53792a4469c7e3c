import { isSibling } from '@manytabs/kernel';
import {
  type Explanation,
  GridError,
  type JobId,
  type JobSpec,
  type JobView,
  LIMITS,
  type NodeView,
  type ShardId,
  type SubmitterMessage,
} from '@manytabs/protocol';
import type { Grant } from '../access/grant.ts';
import { answerPage } from './answer-page.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import type { WholeJob } from './parts/whole-job.ts';
import type { Servers } from './servers/servers.ts';
import { allJobs, allNodes } from './servers/whole-grid.ts';

type Query = Extract<SubmitterMessage, { type: 'query' }>;

/**
 * What a submitter may read, of the other servers too where there are any. The session has checked that the job, if one
 * is named, is the submitter's.
 */
export async function answerQuery(
  host: CoordinatorHost,
  query: Query,
  grant: Grant,
  servers: Servers | undefined,
): Promise<unknown> {
  const { machine } = host;
  switch (query.what) {
    case 'status':
      return host.status();
    case 'needed-shards':
      if (grant.scope !== 'admin') throw new GridError('token-refused', 'This asks for all jobs.');
      return neededOf(host, query.shards ?? []);
    case 'live-jobs':
      return host.permits.live(grant.owner);
    case 'quarantined':
      return answerPage(machine.quarantined(), ({ volunteer }) => volunteer, query.after);
    case 'nodes': {
      const others = (await servers?.askAll(grant, query)) ?? [];
      const own = answerPage(machine.nodes(), ({ volunteer }) => volunteer, query.after);
      return allNodes([own, ...(others as NodeView[][])]);
    }
    case 'jobs': {
      const others = (await servers?.askAll(grant, query)) ?? [];
      return allJobs([await jobsOf(host, grant, query), ...(others as JobView[][])]);
    }
    case 'job':
      return (await known(host, named(query))).view();
    case 'spec':
      return withoutInputs(wholeSpec(machine.spec(named(query))));
    case 'parts':
      return machine.spec(named(query))?.part ?? null;
    default: {
      const whole = host.parts.of(named(query));
      return whole.isCut ? host.parts.query(query, whole) : answerOwn(host, query);
    }
  }
}

/** What is known here of the tasks of a job, or of a part of one. */
export function answerOwn(host: CoordinatorHost, query: Query): unknown {
  const { machine } = host;
  switch (query.what) {
    case 'belief':
      return machine.belief(named(query), query.index ?? 0) ?? null;
    case 'task-source':
      return machine.taskSource(named(query), query.index ?? 0) ?? null;
    case 'task-shard':
      return shardOf(host, named(query), query.shards?.[0]);
    case 'explain':
      return explain(host, named(query));
    case 'logs':
      return machine.logs(named(query));
    case 'disagreements':
      return machine.disagreements(named(query));
    case 'attempts':
      return machine.attempts(named(query), query.place ?? 0);
    case 'story':
      return machine.story(named(query), query.index ?? 0);
    default:
      throw new GridError('internal', `${query.what} is not asked of a part.`);
  }
}

/** Of its own jobs a submitter reads what they are made of. */
async function shardOf(
  { machine, options }: CoordinatorHost,
  jobId: JobId,
  shard: ShardId | undefined,
): Promise<Uint8Array> {
  const isOwn = shard !== undefined && machine.isOfJob(jobId, shard);
  const bytes = isOwn ? await options.blobs.get(shard) : undefined;
  if (bytes) return bytes;
  throw new GridError('shard-missing', 'The grid does not keep this part of the job any more.');
}

async function known(host: CoordinatorHost, jobId: JobId): Promise<WholeJob> {
  const whole = host.parts.of(jobId);
  await whole.known();
  return whole;
}

/** As it was submitted: how it was cut is the servers' own affair. */
function wholeSpec(spec: JobSpec | undefined): JobSpec | undefined {
  if (!spec) return undefined;
  const { part: _, ...rest } = spec;
  return rest;
}

/** Which of the shards the jobs and files of this server need. */
export function neededOf(
  { machine, files }: CoordinatorHost,
  shards: readonly ShardId[],
): ShardId[] {
  if (files.outputs.isBehind) return [...shards];
  const byJobs = new Set(machine.neededShards());
  return shards.filter((shard) => byJobs.has(shard) || files.shelf.origin.isUsed(shard));
}

/** The first of them after the one that is named, by their ids; those that were cut where their first part is. */
async function jobsOf(
  host: CoordinatorHost,
  { scope, owner }: Grant,
  { after }: Query,
): Promise<JobView[]> {
  const { machine } = host;
  const page: JobView[] = [];
  const ids = machine.jobIds().filter((id) => after === undefined || id > after);
  const cut = ids.filter((id) => machine.spec(id)?.part?.at === 0);
  // All at once: a server that is away is waited for once.
  await Promise.all(cut.map((id) => known(host, id)));
  for (const id of ids.sort()) {
    if (page.length === LIMITS.ROWS_PER_ANSWER_MAX) break;
    const spec = machine.spec(id);
    if (!spec || isSibling(spec)) continue;
    const job = spec.part ? host.parts.of(id).view() : machine.job(id);
    if (job && (scope === 'admin' || job.owner === owner)) page.push(job);
  }
  return page;
}

/** A list of inputs is as long as its submitter likes. */
function withoutInputs(spec: JobSpec | undefined): JobSpec | undefined {
  if (spec?.inputs.kind !== 'list') return spec;
  return { ...spec, inputs: { ...spec.inputs, chunks: [] } };
}

/** What keeps the whole grid from working comes before what keeps the job. */
function explain(host: CoordinatorHost, id: JobId): Explanation | undefined {
  const known = host.machine.explain(id);
  const { state, stalled } = host.health();
  if (!known || state === 'ready') return known;
  const why = stalled
    ? `The grid stands still, as its store takes no records (${stalled.code}). ${stalled.hint}`
    : 'The grid is about to end: it takes results and hands out nothing.';
  return { ...known, sentences: [why, ...known.sentences] };
}

function named(query: Query): JobId {
  if (query.jobId) return query.jobId;
  throw new GridError('spec-invalid', `A query for ${query.what} names a job.`);
}
