import { z } from './zod.ts';

type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** One submission. `j` and 20 base-32 characters. */
export type JobId = Brand<string, 'JobId'>;
/** A volunteer's identity: `v` and 26 base-32 characters of SHA-256 of its Ed25519 public key. */
export type VolunteerId = Brand<string, 'VolunteerId'>;
/** A transport endpoint, whatever its role. A volunteer's first tab uses its VolunteerId. */
export type PeerId = Brand<string, 'PeerId'>;
/** Lower-case hex SHA-256 of the shard's bytes. */
export type ShardId = Brand<string, 'ShardId'>;
/** One link of one volunteer; the coordinator numbers them, never reused within an epoch. */
export type SessionId = Brand<number, 'SessionId'>;
/** The fencing token of an assignment; grows with each lease the coordinator grants. */
export type LeaseId = Brand<number, 'LeaseId'>;

const branded = <T>(pattern: RegExp) =>
  z.custom<T>((value) => typeof value === 'string' && pattern.test(value));
const counted = <T>() =>
  z.custom<T>((value) => Number.isSafeInteger(value) && (value as number) >= 0);

export const jobIdSchema = branded<JobId>(/^j[a-z2-7]{20}$/);
export const volunteerIdSchema = branded<VolunteerId>(/^v[a-z2-7]{26}$/);
export const peerIdSchema = branded<PeerId>(/^[a-z0-9][a-z0-9-]{0,62}$/);
export const shardIdSchema = branded<ShardId>(/^[0-9a-f]{64}$/);
export const sessionIdSchema = counted<SessionId>();
export const leaseIdSchema = counted<LeaseId>();

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base 32 in lower case, without padding, cut to `length` characters. */
export function base32(bytes: Uint8Array, length: number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(buffer >> bits) & 31];
    }
  }
  if (bits > 0) text += BASE32[(buffer << (5 - bits)) & 31];
  return text.slice(0, length);
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The digest must be SHA-256 of the shard. */
export function shardId(digest: Uint8Array): ShardId {
  return hex(digest) as ShardId;
}

/** The digest must be SHA-256 of the raw public key. */
export function volunteerId(digest: Uint8Array): VolunteerId {
  return `v${base32(digest, 26)}` as VolunteerId;
}

/** At least 13 random bytes. */
export function jobId(random: Uint8Array): JobId {
  return `j${base32(random, 20)}` as JobId;
}

export function peerId(text: string): PeerId {
  return peerIdSchema.parse(text);
}

export function sessionId(count: number): SessionId {
  return count as SessionId;
}

export function leaseId(count: number): LeaseId {
  return count as LeaseId;
}

/** The coordinator's peer id on its own signalling server. */
export const COORDINATOR_PEER_ID = 'coordinator' as PeerId;
