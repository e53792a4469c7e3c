import { shardIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { bytesSchema, countSchema, nameSchema, textSchema } from './common.ts';

// What a submitter may ask of the grid's file system. Every one of them may be repeated after a lost link.

const path = textSchema(LIMITS.PATH_CHARS_MAX);
/** Of an entry, 0 for none: nothing is changed if it has another. */
const expected = z.optional(countSchema);

/** `durable`: the coordinator keeps a copy as well. `grid`: tabs only. `cache`: tabs only, and the first to go. */
export const durabilitySchema = z.enum(['durable', 'grid', 'cache']);
export type Durability = z.infer<typeof durabilitySchema>;

/** Reed-Solomon: any `data` of `data + parity` pieces give the bytes back. */
export const codeSchemeSchema = z.object({
  data: z.int().check(z.positive(), z.lte(LIMITS.CODE_PIECES_MAX)),
  parity: z.int().check(z.positive(), z.lte(LIMITS.CODE_PIECES_MAX)),
});
export type CodeScheme = z.infer<typeof codeSchemeSchema>;

export const redundancySchema = z.object({
  durability: durabilitySchema,
  /** Copies on distinct volunteers; with a code, of each piece. */
  replicas: z.int().check(z.nonnegative(), z.lte(LIMITS.FILE_REPLICAS_MAX)),
  code: z.optional(codeSchemeSchema),
});
export type Redundancy = z.infer<typeof redundancySchema>;

const uploadId = textSchema(40);
const digest = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 32);
const page = z.optional(z.int().check(z.positive(), z.lte(LIMITS.FILE_LIST_MAX)));

export const fileOpSchema = z.discriminatedUnion('op', [
  /** A FileStat. */
  z.object({ op: z.literal('stat'), path }),
  /** A FileList: entries below a folder, or those that a pattern with `*`, `?`, `{a,b}` and `**` matches. */
  z.object({
    op: z.literal('list'),
    path,
    recursive: z.boolean(),
    after: z.optional(path),
    limit: page,
    /** Folders alone. */
    folders: z.optional(z.boolean()),
  }),
  /** The FileHealth of each path, null where there is none. */
  z.object({
    op: z.literal('health'),
    paths: z.array(path).check(z.maxLength(LIMITS.FILE_HEALTH_MAX)),
  }),
  z.object({ op: z.literal('make-folder'), path }),
  z.object({ op: z.literal('remove'), path, recursive: z.boolean(), expected }),
  z.object({ op: z.literal('move'), from: path, to: path, replace: z.boolean(), expected }),
  z.object({ op: z.literal('usage') }),
  /** A FileCheck: everything is looked at. */
  z.object({ op: z.literal('check') }),
  /** A FileManifest. */
  z.object({ op: z.literal('open'), path }),
  /** Ids of pieces of an opened file, from number `from` on, 32 bytes each. */
  z.object({
    op: z.literal('pieces'),
    root: digest,
    from: countSchema,
    /** Of data shards, the roots over their leaves in place of their ids. */
    trees: z.optional(z.boolean()),
  }),
  /** The bytes `[from, to)` of a piece that an opened file has; with the root over its leaves, no more of it travels. */
  z.object({
    op: z.literal('read'),
    shard: shardIdSchema,
    from: countSchema,
    to: z.int().check(z.positive(), z.lte(LIMITS.SHARD_BYTES_MAX)),
    tree: z.optional(digest),
  }),
  /** Begins an upload; `bytes` is its size where it is known. Answered by `{upload, shardBytes}`. */
  z.object({
    op: z.literal('begin'),
    redundancy: redundancySchema,
    bytes: z.optional(countSchema),
  }),
  /** The numbers, from `at` on, of pieces that need not be sent. */
  z.object({
    op: z.literal('known'),
    upload: uploadId,
    at: countSchema,
    shards: z.array(shardIdSchema).check(z.maxLength(LIMITS.FILE_WINDOW_MAX)),
    sizes: z.array(countSchema).check(z.maxLength(LIMITS.FILE_WINDOW_MAX)),
    trees: z.optional(bytesSchema(32 * LIMITS.FILE_WINDOW_MAX)),
  }),
  /** Answered once the piece is as safe as its redundancy says. */
  z.object({
    op: z.literal('put-piece'),
    upload: uploadId,
    at: countSchema,
    shard: shardIdSchema,
    bytes: bytesSchema(LIMITS.SHARD_BYTES_MAX),
    /** The root over its leaves. */
    tree: z.optional(digest),
  }),
  /** The upload becomes the file at `path`, whole and at once. Answered by its FileStat. */
  z.object({
    op: z.literal('commit'),
    upload: uploadId,
    path,
    bytes: countSchema,
    contentType: nameSchema,
    root: digest,
    expected,
  }),
  z.object({ op: z.literal('abandon'), upload: uploadId }),
]);
export type FileOp = z.infer<typeof fileOpSchema>;

export const fileRequestSchema = z.object({
  type: z.literal('file'),
  request: countSchema,
  op: fileOpSchema,
});
