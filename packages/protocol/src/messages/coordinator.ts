import {
  jobIdSchema,
  leaseIdSchema,
  peerIdSchema,
  sessionIdSchema,
  shardIdSchema,
  volunteerIdSchema,
} from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { accountAnswerSchema } from './account.ts';
import {
  bytesSchema,
  codeSchema,
  indexSchema,
  leaseProofSchema,
  messageTextSchema,
  millisSchema,
  nameSchema,
  serverUrlsSchema,
} from './common.ts';
import { mosaicViewSchema, programSchema, shardRefSchema } from './job-spec.ts';
import { taskSpaceAnswerSchema } from './task-space.ts';
import {
  fetchPartSchema,
  fetchSchema,
  nonceSchema,
  shardAbsentSchema,
  shardPartSchema,
  shardSchema,
} from './volunteer.ts';

// What a coordinator says to a volunteer.

/** The first word on every link. */
export const challengeSchema = z.object({
  type: z.literal('challenge'),
  version: z.int(),
  grid: nameSchema,
  nonce: bytesSchema(32),
  /** The grid's Ed25519 key: what signs its jobs. A tab remembers it. */
  key: z.optional(bytesSchema(32)),
});

export const welcomeSchema = z.object({
  type: z.literal('welcome'),
  session: sessionIdSchema,
  volunteer: volunteerIdSchema,
  heartbeatMs: millisSchema,
  /** Of the grid's key over `welcomeBytes`: who welcomes is the grid, on this very connection. */
  signature: z.optional(bytesSchema(64)),
  /** Where else the grid is reached, should this server die: addresses of its servers, this one first. */
  servers: z.optional(serverUrlsSchema),
});

/** The servers of the grid are others than before; to submitters too. */
export const serversSchema = z.object({
  type: z.literal('servers'),
  servers: serverUrlsSchema,
});

/** Sent before a volunteer's first assignment of the job. */
export const jobSchema = z.object({
  type: z.literal('job'),
  jobId: jobIdSchema,
  name: nameSchema,
  purpose: z.string().check(z.maxLength(500)),
  submitter: nameSchema,
  program: programSchema,
  view: z.optional(mosaicViewSchema),
  /** Of the grid's key over `manifestBytes`, checked before anything of the job is fetched or run. */
  signature: z.optional(bytesSchema(64)),
});
export type JobMessage = z.infer<typeof jobSchema>;

/** Run the tasks `[from, to)` under a lease. For a list, `chunk` holds them; its first row is task `chunkFrom`. */
export const assignSchema = z.object({
  type: z.literal('assign'),
  jobId: jobIdSchema,
  lease: leaseIdSchema,
  from: indexSchema,
  to: indexSchema,
  expiresInMs: millisSchema,
  /** To be shown when the lease is taken up again on another link. */
  proof: leaseProofSchema,
  chunk: z.optional(shardRefSchema),
  chunkFrom: z.optional(indexSchema),
  /** Do not run them, but say of each of these results, an encoded list, whether it is right: true or false. */
  check: z.optional(bytesSchema(LIMITS.BULK_BYTES_MAX)),
  /** Where one of the tasks goes on from, as its last holder left it. */
  checkpoint: z.optional(
    z.object({ index: indexSchema, state: bytesSchema(LIMITS.CHECKPOINT_BYTES_MAX) }),
  ),
});
export type AssignMessage = z.infer<typeof assignSchema>;

/** These leases are void: stop, and send nothing more under them. */
export const revokeSchema = z.object({
  type: z.literal('revoke'),
  leases: z.array(leaseIdSchema).check(z.maxLength(1024)),
});

export const jobClosedSchema = z.object({ type: z.literal('job-closed'), jobId: jobIdSchema });

export const holdersSchema = z.object({
  type: z.literal('holders'),
  shard: shardIdSchema,
  peers: z.array(peerIdSchema).check(z.maxLength(32)),
});

/** Please keep this shard: fetch it from one of the peers, or from the coordinator. */
export const replicateSchema = z.object({
  type: z.literal('replicate'),
  shard: shardIdSchema,
  bytes: z.int().check(z.positive(), z.lte(LIMITS.SHARD_BYTES_MAX)),
  peers: z.array(peerIdSchema).check(z.maxLength(32)),
});

/** Shards nobody needs any more. */
export const dropShardsSchema = z.object({
  type: z.literal('drop-shards'),
  shards: z.array(shardIdSchema).check(z.maxLength(LIMITS.HELD_SHARDS_PER_REPORT_MAX)),
});

/** Prove that you hold the shard: answer with the SHA-256 of the nonce and its bytes. */
export const challengeShardSchema = z.object({
  type: z.literal('challenge-shard'),
  shard: shardIdSchema,
  nonce: nonceSchema,
});

export const rejectSchema = z.object({
  type: z.literal('reject'),
  code: codeSchema,
  message: messageTextSchema,
});

export const coordinatorMessageSchema = z.discriminatedUnion('type', [
  challengeSchema,
  welcomeSchema,
  serversSchema,
  jobSchema,
  assignSchema,
  revokeSchema,
  jobClosedSchema,
  holdersSchema,
  replicateSchema,
  dropShardsSchema,
  shardSchema,
  shardAbsentSchema,
  fetchSchema,
  fetchPartSchema,
  shardPartSchema,
  challengeShardSchema,
  taskSpaceAnswerSchema,
  accountAnswerSchema,
  rejectSchema,
]);
export type CoordinatorMessage = z.infer<typeof coordinatorMessageSchema>;
