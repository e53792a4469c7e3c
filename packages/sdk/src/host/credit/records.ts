import { decodeValue, type VolunteerId, volunteerIdSchema, z } from '@manytabs/protocol';

// What the store keeps of donors. All of it goes with “forget me”.

const PREFIXES = {
  credit: 'donor/credit/',
  device: 'donor/device/',
  person: 'donor/person/',
  code: 'donor/code/',
  appeal: 'donor/appeal/',
} as const;
export type Kind = keyof typeof PREFIXES;

const count = z.number().check(z.nonnegative());

export const creditRecord = z.object({ tasks: count, ms: count });
export const deviceRecord = z.object({ person: z.string() });
export const personRecord = z.object({
  name: z.string(),
  team: z.string(),
  isListed: z.boolean(),
  devices: z.array(volunteerIdSchema),
});
export type PersonRecord = z.infer<typeof personRecord>;
export const codeRecord = z.object({ person: z.string(), until: z.number() });
export const appealRecord = z.object({ at: z.number() });

export function keyOf(kind: Kind, id: VolunteerId | string): string {
  return PREFIXES[kind] + id;
}

export function prefixOf(kind: Kind): string {
  return PREFIXES[kind];
}

/** Undefined for what is none: a damaged entry is nobody's. */
export function decoded<T>(schema: z.ZodMiniType<T>, bytes: Uint8Array | undefined): T | undefined {
  if (!bytes) return undefined;
  try {
    return schema.safeParse(decodeValue(bytes)).data;
  } catch {
    return undefined;
  }
}
