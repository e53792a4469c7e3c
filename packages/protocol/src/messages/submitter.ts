import { jobIdSchema, shardIdSchema, volunteerIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import {
  bytesSchema,
  codeSchema,
  countSchema,
  indexSchema,
  messageTextSchema,
  nameSchema,
  serverUrlsSchema,
  textSchema,
} from './common.ts';
import { fileRequestSchema } from './files.ts';
import { inputChunkSchema, jobSpecSchema } from './job-spec.ts';
import { spaceChangesSchema, spaceSchema, unwatchSpaceSchema, watchSpaceSchema } from './space.ts';
import { quotaSchema, scopeSchema, tokenIdSchema } from './token.ts';

// Between a submitter and a coordinator. Requests carry a number that their answer repeats.

const request = countSchema;

/** Answers the challenge of a link that submits. */
export const attachSchema = z.object({
  type: z.literal('attach'),
  token: textSchema(200),
  agent: nameSchema,
});

export const putShardSchema = z.object({
  type: z.literal('put-shard'),
  request,
  shard: shardIdSchema,
  bytes: bytesSchema(LIMITS.SHARD_BYTES_MAX),
});

/**
 * Answered by null, or refused with `shards-missing` and their ids. The submitter draws the id, so a submit that is
 * repeated after a lost link makes no second job.
 */
export const submitSchema = z.object({
  type: z.literal('submit'),
  request,
  jobId: jobIdSchema,
  spec: jobSpecSchema,
});

/**
 * Adds inputs to an open list; the chunk's shard may travel inside. `from` is the number of the first new task, so an
 * extension that is repeated after a lost link adds nothing twice.
 */
export const extendJobSchema = z.object({
  type: z.literal('extend-job'),
  request,
  jobId: jobIdSchema,
  from: indexSchema,
  chunk: z.optional(inputChunkSchema),
  bytes: z.optional(bytesSchema(LIMITS.INLINE_SHARD_BYTES)),
  last: z.boolean(),
});

export const controlJobSchema = z.object({
  type: z.literal('control-job'),
  request,
  jobId: jobIdSchema,
  action: z.enum(['pause', 'resume', 'cancel']),
  reason: nameSchema,
});

const rowCursorSchema = z.union([
  countSchema,
  z.array(countSchema).check(z.maxLength(LIMITS.PARTS_PER_JOB_MAX)),
]);

/**
 * Streams `job-progress`, and `rows` from row `after` on, a bounded number of bytes ahead of `rows-taken`. The number
 * of the request names the watch from then on. A job that was cut has rows by part, and a cursor for each.
 */
export const watchJobSchema = z.object({
  type: z.literal('watch-job'),
  request,
  jobId: jobIdSchema,
  after: rowCursorSchema,
  rows: z.boolean(),
  /** Whether the rows of a part wait until those of the parts before it are sent. */
  ordered: z.optional(z.boolean()),
  /** Whether `job-events` are wanted as well. */
  events: z.optional(z.boolean()),
  /** `provisional` as well, from now on. */
  provisional: z.optional(z.boolean()),
});
export const unwatchJobSchema = z.object({ type: z.literal('unwatch-job'), watch: countSchema });
/** The submitter has dealt with all rows of the part before `cursor`; more may come. */
export const rowsTakenSchema = z.object({
  type: z.literal('rows-taken'),
  watch: countSchema,
  cursor: countSchema,
  part: z.optional(countSchema),
});

/**
 * Reads: jobs, nodes and quarantined (by their ids, at most so many as one answer holds), job, spec (without the list of
 * its inputs), status, explain (jobId), story and belief (jobId, index), logs (jobId), attempts (jobId, place),
 * disagreements (jobId), task-source (jobId, index): what it takes to run a task again, task-shard (jobId, shards): the
 * bytes of one of its shards, parts (jobId): how it was cut, or null, live-jobs: ids of those of the
 * asker that have not ended, needed-shards (shards): which of them the jobs and files of this server need.
 */
export const querySchema = z.object({
  type: z.literal('query'),
  request,
  what: z.enum([
    'jobs',
    'job',
    'spec',
    'nodes',
    'status',
    'explain',
    'story',
    'logs',
    'disagreements',
    'belief',
    'quarantined',
    'needed-shards',
    'attempts',
    'parts',
    'live-jobs',
    'task-source',
    'task-shard',
  ]),
  jobId: z.optional(jobIdSchema),
  index: z.optional(indexSchema),
  shards: z.optional(z.array(shardIdSchema).check(z.maxLength(LIMITS.SHARDS_PER_QUERY_MAX))),
  /** Of jobs, nodes and quarantined: those whose ids come after it. */
  after: z.optional(z.union([jobIdSchema, volunteerIdSchema])),
  /**
   * Of jobs: those that changed since the last answer to this link for a feed of this number; another number begins
   * with all.
   */
  feed: z.optional(countSchema),
  /** Of attempts: where to go on. */
  place: z.optional(countSchema),
});

/**
 * Makes a token known to the grid. Its maker draws it and sends only its hash, so that no coordinator ever sees it,
 * and a request that is repeated makes no second one.
 */
export const createTokenSchema = z.object({
  type: z.literal('create-token'),
  request,
  id: tokenIdSchema,
  /** SHA-256 of the token's text. */
  hash: bytesSchema(32),
  scope: scopeSchema,
  name: nameSchema,
  /** Sites that may use it; none: any. */
  origins: z
    .array(textSchema(LIMITS.ORIGIN_CHARS_MAX))
    .check(z.maxLength(LIMITS.ORIGINS_PER_TOKEN_MAX)),
  /** ms since the epoch. */
  expiresAt: z.optional(countSchema),
  /** Of a volunteer token: false admits to a private grid and makes no result count more. */
  trusted: z.boolean(),
  quota: quotaSchema,
});
/** By their ids, at most so many as one answer holds. */
export const listTokensSchema = z.object({
  type: z.literal('list-tokens'),
  request,
  after: z.optional(tokenIdSchema),
});
export const revokeTokenSchema = z.object({
  type: z.literal('revoke-token'),
  request,
  id: tokenIdSchema,
});
/** Entries of the audit log from number `from` on, at most so many as one answer holds. */
export const readAuditSchema = z.object({
  type: z.literal('read-audit'),
  request,
  from: countSchema,
});

export const submitterMessageSchema = z.discriminatedUnion('type', [
  attachSchema,
  putShardSchema,
  submitSchema,
  extendJobSchema,
  controlJobSchema,
  watchJobSchema,
  unwatchJobSchema,
  rowsTakenSchema,
  querySchema,
  createTokenSchema,
  listTokensSchema,
  revokeTokenSchema,
  readAuditSchema,
  fileRequestSchema,
  spaceSchema,
  watchSpaceSchema,
  unwatchSpaceSchema,
]);
export type SubmitterMessage = z.infer<typeof submitterMessageSchema>;

// And back.

export const attachedSchema = z.object({
  type: z.literal('attached'),
  scope: nameSchema,
  /** As in `welcome`. */
  servers: z.optional(serverUrlsSchema),
});
export const answerSchema = z.object({ type: z.literal('answer'), request, value: z.unknown() });
export const refusedSchema = z.object({
  type: z.literal('refused'),
  request,
  code: codeSchema,
  message: messageTextSchema,
  details: z.optional(z.unknown()),
});

/** Final rows in the order they became final: runs of values, and failures. `cursor` counts rows of the part so far. */
export const rowsSchema = z.object({
  type: z.literal('rows'),
  watch: countSchema,
  cursor: countSchema,
  /** Of a job that was cut; the first unless said. */
  part: z.optional(countSchema),
  runs: z.array(
    z.object({
      from: indexSchema,
      values: bytesSchema(LIMITS.BULK_BYTES_MAX),
      /** Identities whose results agreed. */
      votes: z.int().check(z.positive()),
      /** The chance that they are right, where credibility decided. */
      confidence: z.optional(z.number().check(z.gte(0), z.lte(1))),
    }),
  ),
  failures: z.array(
    z.object({
      index: indexSchema,
      code: codeSchema,
      message: messageTextSchema,
      attempts: countSchema,
      /** The executions that failed, oldest first, as far as they are remembered. */
      tries: z.array(z.object({ by: nameSchema, code: codeSchema, message: messageTextSchema })),
    }),
  ),
});
export type RowsMessage = z.infer<typeof rowsSchema>;

/**
 * Results that are not final, and those that were taken back (without values). None is promised to come: final rows
 * alone are complete.
 */
export const provisionalSchema = z.object({
  type: z.literal('provisional'),
  watch: countSchema,
  news: z.array(
    z.object({
      from: indexSchema,
      to: z.int().check(z.positive(), z.lte(LIMITS.TASKS_PER_JOB_MAX)),
      values: z.optional(bytesSchema(LIMITS.BULK_BYTES_MAX)),
      confidence: z.optional(z.number().check(z.gte(0), z.lte(1))),
    }),
  ),
});
export type ProvisionalMessage = z.infer<typeof provisionalSchema>;

export const jobProgressSchema = z.object({
  type: z.literal('job-progress'),
  watch: countSchema,
  /** A JobView. */
  view: z.unknown(),
  /** Rows so far: all of them, once the view is that of a job that has ended. */
  rows: countSchema,
});

/** What happened to tasks since the watch began, for people: it is not kept, and bounded in rate. */
export const jobEventsSchema = z.object({
  type: z.literal('job-events'),
  watch: countSchema,
  events: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('log'),
          at: z.number(),
          index: indexSchema,
          volunteer: nameSchema,
          text: messageTextSchema,
        }),
        z.object({
          kind: z.literal('preview'),
          at: z.number(),
          index: indexSchema,
          volunteer: nameSchema,
          width: countSchema,
          height: countSchema,
          rgba: bytesSchema(4 * LIMITS.PREVIEW_PIXELS_MAX),
        }),
        z.object({
          kind: z.literal('retry'),
          at: z.number(),
          index: indexSchema,
          volunteer: nameSchema,
          code: codeSchema,
          message: messageTextSchema,
          /** Executions that failed so far. */
          attempt: countSchema,
        }),
      ]),
    )
    .check(z.maxLength(1024)),
});
export type JobEvent = z.infer<typeof jobEventsSchema>['events'][number];

export const toSubmitterMessageSchema = z.discriminatedUnion('type', [
  attachedSchema,
  answerSchema,
  refusedSchema,
  rowsSchema,
  jobProgressSchema,
  jobEventsSchema,
  provisionalSchema,
  spaceChangesSchema,
]);
export type ToSubmitterMessage = z.infer<typeof toSubmitterMessageSchema>;
