import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { bytesSchema, countSchema, textSchema } from './common.ts';

// What submitters share: values under keys, locks, barriers and counters. Every operation may be repeated after a lost
// link: it names itself, or whom it is for, so that it is done once.

export const spaceKeySchema = textSchema(LIMITS.SPACE_KEY_CHARS_MAX).check(z.minLength(1));
/** Drawn by whoever asks, different for each thing it does. */
export const spaceNonceSchema = textSchema(64).check(z.minLength(1));
export const spaceLeaseSchema = z.int().check(z.gte(1_000), z.lte(LIMITS.SPACE_LEASE_MS_MAX));
export const spaceValueSchema = bytesSchema(LIMITS.SPACE_VALUE_BYTES_MAX);

const [key, nonce, leaseMs] = [spaceKeySchema, spaceNonceSchema, spaceLeaseSchema];
const whole = z.int();

export const spaceOperationSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('get'), key }),
  z.object({
    do: z.literal('put'),
    key,
    value: spaceValueSchema,
    /** The version it replaces, 0 for a key that is absent; any if it is not said. */
    expected: z.optional(countSchema),
    /** The token of the lock it is written under; refused once somebody wrote under a newer one. */
    fence: z.optional(countSchema),
    nonce,
  }),
  z.object({ do: z.literal('delete'), key, expected: z.optional(countSchema) }),
  z.object({
    do: z.literal('list'),
    prefix: textSchema(LIMITS.SPACE_KEY_CHARS_MAX),
    after: textSchema(LIMITS.SPACE_KEY_CHARS_MAX),
    limit: z.int().check(z.gte(1), z.lte(1_000)),
  }),
  z.object({
    do: z.literal('acquire'),
    key,
    holder: nonce,
    permits: z.int().check(z.gte(1), z.lte(LIMITS.SPACE_PERMITS_MAX)),
    leaseMs,
    wait: z.boolean(),
  }),
  z.object({ do: z.literal('renew'), key, holder: nonce, leaseMs }),
  z.object({ do: z.literal('release'), key, holder: nonce }),
  z.object({
    do: z.literal('arrive'),
    key,
    member: nonce,
    parties: z.int().check(z.gte(1), z.lte(LIMITS.SPACE_PERMITS_MAX)),
  }),
  z.object({ do: z.literal('leave'), key, member: nonce }),
  z.object({ do: z.literal('add'), key, delta: whole, client: nonce, sequence: countSchema }),
]);
export type SpaceOperation = z.infer<typeof spaceOperationSchema>;

/** A value, with the version that a write of it must expect. */
export const spaceEntrySchema = z.object({
  key,
  version: countSchema,
  value: bytesSchema(LIMITS.SPACE_VALUE_BYTES_MAX),
});
export type SpaceEntry = z.infer<typeof spaceEntrySchema>;

export const spaceSchema = z.object({
  type: z.literal('space'),
  request: countSchema,
  operation: spaceOperationSchema,
});

/** Streams `space-changes` under the number of the request until `unwatch-space`. */
export const watchSpaceSchema = z.object({
  type: z.literal('watch-space'),
  request: countSchema,
  prefix: textSchema(LIMITS.SPACE_KEY_CHARS_MAX),
});
export const unwatchSpaceSchema = z.object({
  type: z.literal('unwatch-space'),
  watch: countSchema,
});

/** All that is under the prefix, after something of it changed. */
export const spaceChangesSchema = z.object({
  type: z.literal('space-changes'),
  watch: countSchema,
  entries: z.array(spaceEntrySchema).check(z.maxLength(1_000)),
});
