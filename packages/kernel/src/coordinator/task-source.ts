import type { JobId, ShardId, TaskSource } from '@manytabs/protocol';
import type { Grid } from './grid.ts';
import { shardsOf } from './jobs.ts';

// What a submitter needs to run a task of its own again.

/** Nothing where it is not known any more: of a job that has ended the list of inputs is not kept. */
export function taskSourceOf(grid: Grid, id: JobId, index: number): TaskSource | undefined {
  const job = grid.jobs.get(id);
  const spec = job?.spec ?? grid.ended.get(id)?.spec;
  if (!spec) return undefined;
  const { program, inputs, compare } = spec;
  const total = job?.total ?? (inputs.kind === 'range' ? inputs.to - inputs.from : 0);
  if (index >= total) return undefined;
  const rest = compare ? { compare } : {};
  if (inputs.kind === 'range') {
    return { program: { ...program, rangeFrom: inputs.from }, chunkFrom: 0, ...rest };
  }
  if (!job?.chunks) return undefined;
  const { chunk, from } = job.chunks.at(index);
  return { program, chunk: { shard: chunk.shard, bytes: chunk.bytes }, chunkFrom: from, ...rest };
}

/** Whether the shard is of the job's program or inputs. */
export function isOfJob(grid: Grid, id: JobId, shard: ShardId): boolean {
  const job = grid.jobs.get(id);
  if (job) return [...shardsOf(job)].includes(shard);
  const program = grid.ended.get(id)?.spec.program;
  if (!program) return false;
  return (
    program.module.code.shard === shard ||
    program.files.some(({ shards }) => shards.some((ref) => ref.shard === shard))
  );
}
