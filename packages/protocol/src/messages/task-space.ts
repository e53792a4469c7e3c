import { leaseIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import { bytesSchema, codeSchema, countSchema, messageTextSchema } from './common.ts';
import { spaceKeySchema, spaceLeaseSchema, spaceNonceSchema, spaceValueSchema } from './space.ts';

// What tasks share, below the prefix of their job. Who asks is known by the lease; each call has a name that its tab draws, by
// which a call that is repeated on a new link is done once.

const [key, name, leaseMs] = [spaceKeySchema, spaceNonceSchema, spaceLeaseSchema];

export const taskSpaceOperationSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('get'), key }),
  z.object({
    do: z.literal('put'),
    key,
    value: spaceValueSchema,
    expected: z.optional(countSchema),
    fence: z.optional(countSchema),
  }),
  z.object({ do: z.literal('delete'), key, expected: z.optional(countSchema) }),
  z.object({ do: z.literal('acquire'), key, leaseMs, wait: z.boolean() }),
  z.object({ do: z.literal('renew'), key, holder: name, leaseMs }),
  z.object({ do: z.literal('release'), key, holder: name }),
  z.object({ do: z.literal('add'), key, delta: z.int() }),
]);
export type TaskSpaceOperation = z.infer<typeof taskSpaceOperationSchema>;

/** `operation` is an encoded TaskSpaceOperation, as the task's worker made it. */
export const taskSpaceSchema = z.object({
  type: z.literal('task-space'),
  lease: leaseIdSchema,
  call: name,
  operation: bytesSchema(LIMITS.TASK_SPACE_BYTES_MAX),
});

/** An encoded value, or why there is none. */
export const taskSpaceAnswerSchema = z.object({
  type: z.literal('task-space-answer'),
  call: name,
  value: z.optional(bytesSchema(LIMITS.TASK_SPACE_BYTES_MAX)),
  code: z.optional(codeSchema),
  message: z.optional(messageTextSchema),
});
