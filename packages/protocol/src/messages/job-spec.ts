import { jobIdSchema, shardIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { bytesSchema, countSchema, nameSchema, textSchema } from './common.ts';

/** A content-addressed piece: its id is the SHA-256 of its bytes. */
export const shardRefSchema = z.object({
  shard: shardIdSchema,
  bytes: z.int().check(z.nonnegative(), z.lte(LIMITS.SHARD_BYTES_MAX)),
});
export type ShardRef = z.infer<typeof shardRefSchema>;

/** A named input file of a job: its shards in order. */
export const fileRefSchema = z.object({
  path: textSchema(1024),
  bytes: countSchema,
  shards: z.array(shardRefSchema).check(z.maxLength(4096)),
});
export type FileRef = z.infer<typeof fileRefSchema>;

/**
 * `js`: an ES module. `wasm`: an export over numbers, or over bytes in memory. `wasi`: a command of WASI preview 1.
 * `python`: a script with a function (docs/SPEC.md, RU).
 */
export const moduleSchema = z.object({
  kind: z.enum(['js', 'wasm', 'wasi', 'python']),
  code: z.object({
    shard: shardIdSchema,
    bytes: z.int().check(z.positive(), z.lte(LIMITS.MODULE_BYTES_MAX)),
  }),
  export: nameSchema,
});
export type Module = z.infer<typeof moduleSchema>;

/** `count` consecutive inputs of a list: a shard that holds one encoded array of them. */
export const inputChunkSchema = z.object({
  shard: shardIdSchema,
  bytes: z.int().check(z.positive(), z.lte(LIMITS.SHARD_BYTES_MAX)),
  count: z.int().check(z.positive(), z.lte(LIMITS.VALUE_NODES_MAX)),
  /** An encoded FileRef list: the files of the grid that these inputs name, as they were at submission. */
  files: z.optional(shardRefSchema),
  /** Some shards of those files: whoever holds them is asked first. */
  near: z.optional(z.array(shardIdSchema).check(z.maxLength(LIMITS.NEAR_SHARDS_MAX))),
});
export type InputChunk = z.infer<typeof inputChunkSchema>;

/** Task `i` of a range gets the number `from + i`; an open list grows by `extend-job` until told it is the last. */
export const inputsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('range'), from: z.int(), to: z.int() }),
  z.object({
    kind: z.literal('list'),
    chunks: z.array(inputChunkSchema).check(z.maxLength(LIMITS.CHUNKS_PER_JOB_MAX)),
    open: z.boolean(),
  }),
]);
export type Inputs = z.infer<typeof inputsSchema>;

const voteCount = z.int().check(z.positive(), z.lte(64));

/** BOINC's parameters, per task (github.com/BOINC/boinc/wiki/JobIn). */
export const quorumSchema = z.object({
  /** Agreeing results of distinct identities that make a canonical result. */
  minQuorum: voteCount,
  /** Results asked for at first. */
  targetResults: voteCount,
  /** Failed executions tolerated before the task fails. */
  maxErrorResults: z.int().check(z.nonnegative(), z.lte(64)),
  /** Assignments ever made. */
  maxTotalResults: voteCount,
  /** Successful results without a consensus before the task fails. */
  maxSuccessResults: voteCount,
});
export type Quorum = z.infer<typeof quorumSchema>;

/**
 * How much the executions of a task may differ from browser to browser. `strict-js`: not at all, the clocks stand
 * still. `strict-wasm`: only a WASM module without instructions whose results are the engine's choice. `class`: the
 * engine's own Math; only results of engines that give the same are compared. `tolerant`: results are compared with a
 * tolerance. Unless said: own Math, running clocks.
 */
export const determinismSchema = z.enum(['strict-wasm', 'strict-js', 'class', 'tolerant']);
export type Determinism = z.infer<typeof determinismSchema>;
/** How sure a result must be, where credibility decides and not the plain quorum (docs/spec/trust.md). */
export const tierSchema = z.enum(['draft', 'standard', 'strict']);
export type Tier = z.infer<typeof tierSchema>;

const toleranceSchema = z.number().check(z.nonnegative(), z.lte(Number.MAX_VALUE));

/** When two results are the same. `float` holds for every number within a value; any one of its bounds is enough. */
export const compareSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bytes') }),
  z.object({
    kind: z.literal('float'),
    abs: z.optional(toleranceSchema),
    rel: z.optional(toleranceSchema),
    ulps: z.optional(z.int().check(z.nonnegative(), z.lte(Number.MAX_SAFE_INTEGER))),
  }),
  z.object({ kind: z.literal('set') }),
  z.object({ kind: z.literal('image'), psnr: z.number().check(z.positive(), z.lte(1_000)) }),
]);
export type Compare = z.infer<typeof compareSchema>;

/**
 * How volunteers check each other's results: by an export of the module. `verify` is called with a task's input and a
 * result of it; `equal` with that result and with one that who checks has computed itself.
 */
export const checkSchema = z.object({ kind: z.enum(['verify', 'equal']), export: nameSchema });
export type Check = z.infer<typeof checkSchema>;

/** What runs: everything a volunteer must know of a job. */
export const programSchema = z.object({
  module: moduleSchema,
  /** Encoded `ctx.args`. */
  args: bytesSchema(LIMITS.ARGS_BYTES_MAX),
  files: z.array(fileRefSchema).check(z.maxLength(LIMITS.FILES_PER_JOB_MAX)),
  /** The first input of a range, or undefined for a list. */
  rangeFrom: z.optional(z.int()),
  seed: z.int().check(z.nonnegative()),
  timeoutMs: z.int().check(z.positive(), z.lte(LIMITS.TASK_TIMEOUT_MS_MAX)),
  outputBytesMax: z.int().check(z.positive(), z.lte(LIMITS.OUTPUT_BYTES_MAX)),
  determinism: z.optional(determinismSchema),
  check: z.optional(checkSchema),
  /** Its tasks share values below this prefix of its owner's space. */
  space: z.optional(textSchema(LIMITS.SPACE_PREFIX_CHARS_MAX).check(z.minLength(1))),
  /** Whether what tasks show by `ctx.preview` is sent to who submitted them. */
  previews: z.optional(z.boolean()),
  /** What one task needs at most, in MiB. */
  memoryMB: z.optional(z.int().check(z.positive(), z.lte(LIMITS.TASK_MEMORY_MB_MAX))),
});
export type Program = z.infer<typeof programSchema>;

const pixelCount = z.int().check(z.positive(), z.lte(16_384));

/**
 * A picture of which every result is a tile: `{x, y, width, height, rgba}`, or bare RGBA bytes, where `tileWidth` and
 * `tileHeight` are given and tile `i` is the i-th, row by row. See `placeTile`.
 */
export const mosaicViewSchema = z.object({
  kind: z.literal('mosaic'),
  width: pixelCount,
  height: pixelCount,
  tileWidth: z.optional(pixelCount),
  tileHeight: z.optional(pixelCount),
});
export type MosaicView = z.infer<typeof mosaicViewSchema>;

const dueMs = z.int().check(z.positive(), z.lte(LIMITS.JOB_MS_MAX));

/** Before the n-th repetition of a task that failed, it rests `firstMs * factor ** (n - 1)`, at most `mostMs`. */
export const backoffSchema = z.object({
  firstMs: dueMs,
  factor: z.number().check(z.gte(1), z.lte(10)),
  mostMs: dueMs,
});
export type Backoff = z.infer<typeof backoffSchema>;

/**
 * Where the inputs come from, if not from the submitter: from what the grid has. `each`: the values of a job, one a task.
 * `tree`: groups of `fanIn` values, then of this job's own, until one is left. `all`: the values of all jobs, in one task.
 * `failed`: the inputs of the tasks of a job that failed.
 */
export const sourceSchema = z.object({
  jobs: z.array(jobIdSchema).check(z.minLength(1), z.maxLength(LIMITS.SOURCES_PER_JOB_MAX)),
  shape: z.enum(['each', 'tree', 'all', 'failed']),
  fanIn: z.int().check(z.gte(2), z.lte(LIMITS.FAN_IN_MAX)),
});
export type Source = z.infer<typeof sourceSchema>;

/**
 * Where a job was cut: this is part `at` of it, with the tasks from `bounds[at]` up to `bounds[at + 1]`. The first of `jobs` has
 * the id of the whole. Only servers say this, to each other and to themselves.
 */
export const partSchema = z.object({
  jobs: z.array(jobIdSchema).check(z.minLength(2), z.maxLength(LIMITS.PARTS_PER_JOB_MAX)),
  bounds: z
    .array(z.int().check(z.nonnegative(), z.lte(LIMITS.TASKS_PER_JOB_MAX)))
    .check(z.minLength(3), z.maxLength(LIMITS.PARTS_PER_JOB_MAX + 1)),
  at: z.int().check(z.nonnegative(), z.lt(LIMITS.PARTS_PER_JOB_MAX)),
});
export type Part = z.infer<typeof partSchema>;

export const jobSpecSchema = z.object({
  name: nameSchema,
  /** Shown to volunteers: why this is computed. */
  purpose: textSchema(500),
  program: programSchema,
  inputs: inputsSchema,
  quorum: quorumSchema,
  /** Where it is given, credibility decides; of `quorum` only the bounds on errors and copies count then. */
  tier: z.optional(tierSchema),
  /** Bytes unless said. */
  compare: z.optional(compareSchema),
  priority: z.int().check(z.nonnegative(), z.lte(9)),
  /** Counted from the submission; the job ends then with what it has. */
  deadlineMs: z.optional(dueMs),
  /** Computing time that volunteers may spend on it. */
  budgetMs: z.optional(dueMs),
  backoff: z.optional(backoffSchema),
  /** Refused at once where so many volunteers are not there to take work. */
  volunteersMin: z.optional(countSchema),
  source: z.optional(sourceSchema),
  part: z.optional(partSchema),
  /** How pages should draw the results, chosen by the submitter. */
  view: z.optional(mosaicViewSchema),
});
export type JobSpec = z.infer<typeof jobSpecSchema>;
