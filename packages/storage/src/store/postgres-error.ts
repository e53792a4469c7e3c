import { type ErrorCode, GridError } from '@manytabs/protocol';

/** What PostgreSQL answers with; without one the answer did not come. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Insufficient privilege, wrong password or user, no such database or schema, read-only. */
const REFUSED = /^(42501|28\w{3}|3D000|3F000|25006)$/;
const FULL = /^53100$/;

/** What the database or the way to it said, in our words. */
export function databaseError(
  cause: unknown,
  where: string,
  { isOpening }: { isOpening: boolean },
): GridError {
  if (cause instanceof GridError) {
    // Opening asks through the same store as everybody, which takes silence for a loss.
    const inner = isOpening && cause.code === 'storage-failed' ? cause.cause : undefined;
    return inner === undefined ? cause : databaseError(inner, where, { isOpening });
  }
  const code = String((cause as { code?: unknown }).code ?? '');
  const message = (cause instanceof Error ? cause.message : String(cause)) || code;
  const error = (kind: ErrorCode, what: string) =>
    new GridError(kind, `${where} ${what}: ${message}.`, { cause });
  if (FULL.test(code)) return error('storage-full', 'has no room');
  // The driver's own word for a password that is missing.
  if (REFUSED.test(code) || message.startsWith('SASL')) return error('database-refused', 'refuses');
  if (isOpening && !SQLSTATE.test(code)) return error('database-unreachable', 'cannot be reached');
  return error('storage-failed', 'failed');
}
