import { ERROR_CODES } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { z } from '../zod.ts';

export const countSchema = z.int().check(z.nonnegative());
export const millisSchema = z.number().check(z.nonnegative(), z.lte(Number.MAX_SAFE_INTEGER));
export const codeSchema = z.enum(ERROR_CODES as [(typeof ERROR_CODES)[number]]);

export const textSchema = (charsMax: number) => z.string().check(z.maxLength(charsMax));
export const nameSchema = textSchema(LIMITS.NAME_CHARS_MAX);
export const serverUrlsSchema = z.array(textSchema(2_000)).check(z.maxLength(LIMITS.SERVERS_MAX));
export const messageTextSchema = textSchema(2_000);

export const bytesSchema = (bytesMax: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= bytesMax);

/** Shows that a lease was given to its bearer; only the coordinator can make one. */
export const leaseProofSchema = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length === 8,
);

export const indexSchema = z.int().check(z.nonnegative(), z.lt(LIMITS.TASKS_PER_JOB_MAX));
