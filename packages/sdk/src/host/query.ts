import { type Explanation, GridError, type JobId, type SubmitterMessage } from '@manytabs/protocol';
import type { Grant } from '../access/grant.ts';
import type { CoordinatorHost } from './coordinator-host.ts';

type Query = Extract<SubmitterMessage, { type: 'query' }>;

/** What a submitter may read. The session has checked that the job, if one is named, is the submitter's. */
export function answerQuery(host: CoordinatorHost, query: Query, grant: Grant): unknown {
  const { machine } = host;
  switch (query.what) {
    case 'status':
      return host.status();
    case 'quarantined':
      return machine.quarantined();
    case 'belief':
      return machine.belief(named(query), query.index ?? 0) ?? null;
    case 'nodes':
      return machine.nodes();
    case 'jobs':
      return machine.jobs().filter((job) => grant.scope === 'admin' || job.owner === grant.owner);
    case 'job':
      return machine.job(named(query));
    case 'spec':
      return machine.spec(named(query));
    case 'explain':
      return explain(host, named(query));
    case 'logs':
      return machine.logs(named(query));
    case 'disagreements':
      return machine.disagreements(named(query));
    case 'story':
      return machine.story(named(query), query.index ?? 0);
  }
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
