import { LIMITS } from './limits.ts';
import { z } from './zod.ts';

const text = z.string().check(z.minLength(1), z.maxLength(LIMITS.NAME_CHARS_MAX * 2));

/** A STUN or TURN server as browsers want it said. */
export const iceServerSchema = z.object({
  urls: text,
  username: z.optional(text),
  credential: z.optional(text),
});
export type IceServer = z.infer<typeof iceServerSchema>;

/** What `/api/ice` answers; `expiresAt` (ms since the epoch) where the credentials are for a while only. */
export const iceAnswerSchema = z.object({
  iceServers: z.array(iceServerSchema).check(z.maxLength(LIMITS.ICE_SERVERS_MAX)),
  expiresAt: z.optional(z.int().check(z.nonnegative())),
});
export type IceAnswer = z.infer<typeof iceAnswerSchema>;
