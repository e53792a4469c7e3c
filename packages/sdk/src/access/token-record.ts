import {
  decodeValue,
  encodeValue,
  LIMITS,
  quotaSchema,
  scopeSchema,
  type TokenView,
  tokenIdSchema,
  z,
} from '@manytabs/protocol';

/** What the store keeps of a token. */
const recordSchema = z.object({
  id: tokenIdSchema,
  hash: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 32),
  scope: scopeSchema,
  name: z.string(),
  origins: z.array(z.string()).check(z.maxLength(LIMITS.ORIGINS_PER_TOKEN_MAX)),
  trusted: z.boolean(),
  quota: quotaSchema,
  createdAt: z.number(),
  expiresAt: z.nullable(z.number()),
  revokedAt: z.nullable(z.number()),
});
export type TokenRecord = z.infer<typeof recordSchema>;

export function encodeRecord(record: TokenRecord): Uint8Array {
  return encodeValue(record);
}

/** Undefined for what is none: a damaged entry opens no door. */
export function decodeRecord(bytes: Uint8Array): TokenRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(decodeValue(bytes));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function viewOf(record: TokenRecord, now: number): TokenView {
  const { id, scope, name, origins, trusted, quota, createdAt, expiresAt } = record;
  const common = { id, scope, name, origins, trusted, quota, createdAt };
  return { ...common, expiresAt: expiresAt ?? undefined, state: stateOf(record, now) };
}

export function stateOf(record: TokenRecord, now: number): TokenView['state'] {
  if (record.revokedAt !== null) return 'revoked';
  return record.expiresAt !== null && record.expiresAt <= now ? 'expired' : 'valid';
}
