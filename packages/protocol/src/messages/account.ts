import { jobIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';
import {
  codeSchema,
  countSchema,
  indexSchema,
  messageTextSchema,
  millisSchema,
  textSchema,
} from './common.ts';

// What a volunteer asks about itself, and what it is told. Times are spans: a volunteer's clock may be an hour off.

const shownNameSchema = textSchema(LIMITS.SHOWN_NAME_CHARS_MAX);

export const accountOperationSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('read') }),
  /** What the list of donors shows, and whether this donor is on it. */
  z.object({
    do: z.literal('profile'),
    name: shownNameSchema,
    team: shownNameSchema,
    isListed: z.boolean(),
  }),
  /** A code with which another device joins this one's donor. */
  z.object({ do: z.literal('link-code') }),
  z.object({ do: z.literal('link'), code: textSchema(32) }),
  /** This device is on its own from now on. */
  z.object({ do: z.literal('unlink') }),
  /** Nothing is kept of this device any more. */
  z.object({ do: z.literal('forget') }),
  /** Against a quarantine, to the owner of the grid. */
  z.object({ do: z.literal('appeal'), text: textSchema(LIMITS.APPEAL_CHARS_MAX) }),
]);
export type AccountOperation = z.infer<typeof accountOperationSchema>;

export const accountSchema = z.object({
  type: z.literal('account'),
  ask: countSchema,
  operation: accountOperationSchema,
});

/** Work of final results alone: tasks, and how long such tasks take. */
const creditSchema = z.object({ tasks: countSchema, ms: millisSchema });
export type Credit = z.infer<typeof creditSchema>;

const quarantineSchema = z.object({
  agoMs: millisSchema,
  endsInMs: millisSchema,
  /** Results that were compared with those of others, and agreed or did not. */
  right: countSchema,
  wrong: countSchema,
  /** The newest that did not. */
  seen: z
    .array(z.object({ agoMs: millisSchema, jobId: jobIdSchema, index: indexSchema }))
    .check(z.maxLength(8)),
  hasAppealed: z.boolean(),
});

export const accountViewSchema = z.object({
  /** Of this device. */
  credit: creditSchema,
  donor: z.optional(
    z.object({
      name: textSchema(LIMITS.SHOWN_NAME_CHARS_MAX),
      team: textSchema(LIMITS.SHOWN_NAME_CHARS_MAX),
      isListed: z.boolean(),
      devices: countSchema,
      /** Of all its devices. */
      credit: creditSchema,
    }),
  ),
  linkCode: z.optional(z.object({ code: textSchema(32), endsInMs: millisSchema })),
  quarantine: z.optional(quarantineSchema),
});
export type AccountView = z.infer<typeof accountViewSchema>;

/** Answers `account`: the view as it is then, or why nothing was done. */
export const accountAnswerSchema = z.object({
  type: z.literal('account-answer'),
  ask: countSchema,
  account: z.optional(accountViewSchema),
  code: z.optional(codeSchema),
  message: z.optional(messageTextSchema),
});
