import { jobIdSchema, leaseIdSchema, peerIdSchema, shardIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { accountSchema } from './account.ts';
import {
  bytesSchema,
  codeSchema,
  countSchema,
  indexSchema,
  leaseProofSchema,
  messageTextSchema,
  millisSchema,
  nameSchema,
  textSchema,
} from './common.ts';
import { taskSpaceSchema } from './task-space.ts';

// What a volunteer says to a coordinator.

/** Answers the challenge: the signature covers `helloBytes(nonce, peer)`, and the identity derives from the key. */
export const joinSchema = z.object({
  type: z.literal('join'),
  publicKey: bytesSchema(32),
  signature: bytesSchema(64),
  peer: peerIdSchema,
  workers: z.int().check(z.positive(), z.lte(LIMITS.WORKERS_PER_VOLUNTEER_MAX)),
  agent: nameSchema,
  /** What one task may have there, in MiB. */
  memoryMB: z.optional(z.int().check(z.positive(), z.lte(2 ** 20))),
  /** Names what its engine's own Math gives: tabs of one name give the same bits. */
  engine: z.optional(nameSchema),
  /** A token of the grid, where one is held: a volunteer's, or the site key of an embedded page. */
  token: z.optional(textSchema(200)),
  /** False asks only to be let in, where the token would allow more. */
  trusted: z.optional(z.boolean()),
  /** The public key of the site that embeds the tab; the tabs of one site have one vote on a task. */
  site: z.optional(textSchema(200)),
  /** The origin of the page that embeds it, for which the key must be. */
  siteOrigin: z.optional(textSchema(LIMITS.ORIGIN_CHARS_MAX)),
});

/** Results of the tasks from `from` on, in order; `values` is a column. */
export const resultsSchema = z.object({
  type: z.literal('results'),
  lease: leaseIdSchema,
  from: indexSchema,
  values: bytesSchema(LIMITS.BULK_BYTES_MAX),
  /** Computing time of the run. */
  busyMs: millisSchema,
});

export const taskFailedSchema = z.object({
  type: z.literal('task-failed'),
  lease: leaseIdSchema,
  index: indexSchema,
  code: codeSchema,
  message: messageTextSchema,
  busyMs: millisSchema,
});

/** Leases given back before they were done; no blame. */
export const leasesReturnedSchema = z.object({
  type: z.literal('leases-returned'),
  leases: z.array(leaseIdSchema).check(z.maxLength(1024)),
  reason: nameSchema,
});

/**
 * The first word on a new link about leases of an earlier one, ahead of results under them: those the volunteer still
 * works under or has results of. What cannot be taken up again is answered by `revoke`.
 */
export const resumeSchema = z.object({
  type: z.literal('resume'),
  leases: z
    .array(
      z.object({
        lease: leaseIdSchema,
        jobId: jobIdSchema,
        from: indexSchema,
        to: indexSchema,
        proof: leaseProofSchema,
        /** The first task whose result is still to come; those before it were said on an earlier link. */
        next: indexSchema,
      }),
    )
    .check(z.maxLength(LIMITS.LEASES_PER_RESUME_MAX)),
});
export type ResumeMessage = z.infer<typeof resumeSchema>;

/** Every HEARTBEAT_MS, from the volunteer's own code. */
export const heartbeatSchema = z.object({
  type: z.literal('heartbeat'),
  workers: z.int().check(z.nonnegative(), z.lte(LIMITS.WORKERS_PER_VOLUNTEER_MAX)),
  /** False while it takes no new work: paused, finishing. */
  accepting: z.boolean(),
  running: countSchema,
});

export const progressSchema = z.object({
  type: z.literal('progress'),
  lease: leaseIdSchema,
  index: indexSchema,
  fraction: z.number().check(z.gte(0), z.lte(1)),
  note: nameSchema,
});

/** Where the task would go on from, if another volunteer had to: an encoded value. */
export const checkpointSchema = z.object({
  type: z.literal('checkpoint'),
  lease: leaseIdSchema,
  index: indexSchema,
  state: bytesSchema(LIMITS.CHECKPOINT_BYTES_MAX),
});

export const logSchema = z.object({
  type: z.literal('log'),
  lease: leaseIdSchema,
  index: indexSchema,
  text: messageTextSchema,
});

/** A picture of a task's work so far, small, for people. */
export const previewSchema = z.object({
  type: z.literal('preview'),
  lease: leaseIdSchema,
  index: indexSchema,
  width: z.int().check(z.positive(), z.lte(LIMITS.PREVIEW_PIXELS_MAX)),
  height: z.int().check(z.positive(), z.lte(LIMITS.PREVIEW_PIXELS_MAX)),
  rgba: bytesSchema(4 * LIMITS.PREVIEW_PIXELS_MAX),
});

/** Shards this volunteer now stores, or no longer does. */
export const heldSchema = z.object({
  type: z.literal('held'),
  added: z.array(shardIdSchema).check(z.maxLength(LIMITS.HELD_SHARDS_PER_REPORT_MAX)),
  dropped: z.array(shardIdSchema).check(z.maxLength(LIMITS.HELD_SHARDS_PER_REPORT_MAX)),
});

/** Who holds this shard? Answered by `holders`. */
export const locateSchema = z.object({ type: z.literal('locate'), shard: shardIdSchema });

/** A job this volunteer cannot run, and why. */
export const jobRefusedSchema = z.object({
  type: z.literal('job-refused'),
  jobId: jobIdSchema,
  code: codeSchema,
  message: messageTextSchema,
});

export const goodbyeSchema = z.object({ type: z.literal('goodbye'), reason: nameSchema });

/** Asks whoever is at the other end for a shard; answered by `shard` or `shard-absent`. */
export const fetchSchema = z.object({ type: z.literal('fetch'), shard: shardIdSchema });
export const shardSchema = z.object({
  type: z.literal('shard'),
  shard: shardIdSchema,
  bytes: bytesSchema(LIMITS.SHARD_BYTES_MAX),
});
export const shardAbsentSchema = z.object({
  type: z.literal('shard-absent'),
  shard: shardIdSchema,
});

/** Asks for the bytes `[from, to)` of a shard; answered by `shard-part`. */
const rangeEnd = z.int().check(z.positive(), z.lte(LIMITS.SHARD_BYTES_MAX));
export const fetchPartSchema = z.object({
  type: z.literal('fetch-part'),
  shard: shardIdSchema,
  from: countSchema,
  to: rangeEnd,
});
/** Whole leaves around the range that was asked for, and the hashes of all leaves of the shard; no bytes: it is not here. */
export const shardPartSchema = z.object({
  type: z.literal('shard-part'),
  shard: shardIdSchema,
  from: countSchema,
  to: rangeEnd,
  bytes: bytesSchema(LIMITS.SHARD_BYTES_MAX),
  leaves: bytesSchema((32 * LIMITS.SHARD_BYTES_MAX) / LIMITS.LEAF_BYTES),
});

export const nonceSchema = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length === 16,
);

/** Answers `challenge-shard`; without a digest where the shard is not here. */
export const shardProofSchema = z.object({
  type: z.literal('shard-proof'),
  shard: shardIdSchema,
  nonce: nonceSchema,
  digest: z.optional(bytesSchema(32)),
});

export const volunteerMessageSchema = z.discriminatedUnion('type', [
  joinSchema,
  resultsSchema,
  taskFailedSchema,
  leasesReturnedSchema,
  resumeSchema,
  heartbeatSchema,
  progressSchema,
  checkpointSchema,
  logSchema,
  previewSchema,
  heldSchema,
  locateSchema,
  jobRefusedSchema,
  goodbyeSchema,
  fetchSchema,
  shardSchema,
  shardAbsentSchema,
  fetchPartSchema,
  shardPartSchema,
  shardProofSchema,
  taskSpaceSchema,
  accountSchema,
]);
export type VolunteerMessage = z.infer<typeof volunteerMessageSchema>;

/** Between tabs: shards only. */
export const tabMessageSchema = z.discriminatedUnion('type', [
  fetchSchema,
  shardSchema,
  shardAbsentSchema,
  fetchPartSchema,
  shardPartSchema,
]);
export type TabMessage = z.infer<typeof tabMessageSchema>;
