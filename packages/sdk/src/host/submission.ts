import {
  type CollectedBlobs,
  GridError,
  type JobSpec,
  LIMITS,
  type ShardId,
} from '@manytabs/protocol';

/**
 * What the schema cannot say of a job.
 * @throws {GridError} `spec-invalid`, `input-empty`, `input-invalid`
 */
export function checkSpec(spec: JobSpec): void {
  checkInputs(spec);
  checkSource(spec);
  const { minQuorum, targetResults, maxTotalResults, maxSuccessResults } = spec.quorum;
  if (targetResults < minQuorum) throw invalid('targetResults is below minQuorum');
  if (maxSuccessResults < minQuorum) throw invalid('maxSuccessResults is below minQuorum');
  if (maxTotalResults < targetResults) throw invalid('maxTotalResults is below targetResults');
  checkSpace(spec);
  checkCheck(spec);
}

/** Who checks a result has a vote, and the results that are in question are never taken apart here. */
function checkCheck({ program, compare, tier }: JobSpec): void {
  if (program.check === undefined) return;
  if (tier === undefined) throw invalid('results are checked by votes: that takes a tier');
  if (program.module.kind !== 'js') throw invalid('only modules of JavaScript check results');
  if (compare && compare.kind !== 'bytes') throw invalid('results are checked or compared');
}

/** Answers that depend on what others did cannot be compared, nor be the same each time. */
function checkSpace({ program, quorum, tier }: JobSpec): void {
  if (program.space === undefined) return;
  if (tier !== undefined || quorum.targetResults > 1) {
    throw invalid('tasks that share values are computed once each: trust none, quorum 1');
  }
  if (program.determinism?.startsWith('strict')) {
    throw invalid(`tasks that share values are not ${program.determinism}`);
  }
  if (program.module.kind !== 'js') throw invalid('only tasks in JavaScript share values');
}

function checkSource({ inputs, source }: JobSpec): void {
  if (!source) return;
  const isEmpty = inputs.kind === 'list' && inputs.open && inputs.chunks.length === 0;
  if (!isEmpty) throw invalid('a job that takes its inputs from jobs has none of its own');
  if (source.shape !== 'all' && source.jobs.length > 1) throw invalid('it names several jobs');
}

function checkInputs({ inputs, program }: JobSpec): void {
  if (inputs.kind === 'list') {
    if (inputs.chunks.length === 0 && !inputs.open) throw empty();
    return;
  }
  if (inputs.to <= inputs.from) throw empty();
  if (inputs.to - inputs.from > LIMITS.TASKS_PER_JOB_MAX) {
    throw new GridError('input-invalid', 'The range has too many tasks.');
  }
  if (program.rangeFrom !== inputs.from) throw invalid('rangeFrom differs from the range');
}

/** Every shard a job needs that is not stored here; the others are in use from now on. */
export async function missingShards(spec: JobSpec, blobs: CollectedBlobs): Promise<ShardId[]> {
  const missing: ShardId[] = [];
  for (const shard of shardsOf(spec)) {
    if (!(await blobs.use(shard))) missing.push(shard);
  }
  return missing;
}

export function shardsOf(spec: JobSpec): Set<ShardId> {
  const shards = new Set<ShardId>([spec.program.module.code.shard]);
  for (const file of spec.program.files) {
    for (const { shard } of file.shards) shards.add(shard);
  }
  if (spec.inputs.kind === 'list') {
    for (const { shard } of spec.inputs.chunks) shards.add(shard);
  }
  return shards;
}

function invalid(why: string): GridError {
  return new GridError('spec-invalid', `The job was refused: ${why}.`);
}

function empty(): GridError {
  return new GridError('input-empty', 'The job has no inputs.');
}
