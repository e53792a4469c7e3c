import {
  decodeValue,
  encodeValue,
  GridError,
  LIMITS,
  peerIdSchema,
  quotaSchema,
  scopeSchema,
  volunteerIdSchema,
  z,
} from '@manytabs/protocol';
import type { ForwardedSignal } from '@manytabs/transport';

const name = z.string().check(z.maxLength(LIMITS.NAME_CHARS_MAX));
const count = z.int().check(z.nonnegative());

/** Whom a server speaks for on a channel: it has checked who that is. */
export const openingSchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('volunteer'),
    volunteer: volunteerIdSchema,
    peer: peerIdSchema,
    workers: count,
    memoryMB: z.optional(count),
    agent: name,
    road: name,
    trusted: z.boolean(),
    token: z.optional(name),
    site: z.optional(name),
    engine: z.optional(name),
    network: z.optional(name),
  }),
  z.object({
    role: z.literal('submitter'),
    grant: z.object({
      scope: scopeSchema,
      owner: name,
      id: z.optional(name),
      quota: z.optional(quotaSchema),
    }),
  }),
]);
export type Opening = z.infer<typeof openingSchema>;

/** A server that speaks for itself. */
export const GRID: Opening = { role: 'submitter', grant: { scope: 'admin', owner: 'grid' } };

/** How a server is doing, told to the others a few times a second. */
export const loadSchema = z.object({
  /** Volunteers of its own that take work, and their workers. */
  volunteers: count,
  workers: count,
  /** Jobs that have not ended, tasks under a lease, final tasks since the start. */
  jobs: count,
  running: count,
  final: count,
  /** Distinct volunteers that its waiting jobs need at least; 0: nothing waits. */
  needed: count,
  /** It takes new jobs. */
  isOpen: z.boolean(),
});
export type Load = z.infer<typeof loadSchema>;

export const PEERS_PER_MESSAGE = 1_000;

/** Whose signalling sockets opened and closed at a server since it told last. */
export const peersSchema = z.object({
  came: z.array(peerIdSchema).check(z.maxLength(PEERS_PER_MESSAGE)),
  gone: z.array(peerIdSchema).check(z.maxLength(PEERS_PER_MESSAGE)),
});
export type PeersChange = z.infer<typeof peersSchema>;

export const closingSchema = z.object({ code: z.string(), message: z.string() });

type Part = Opening | Load | PeersChange | ForwardedSignal | z.infer<typeof closingSchema>;

export const encodePart: (value: Part) => Uint8Array = (value) => encodeValue(defined(value));

/** Without what is undefined, which would arrive as null. */
function defined(value: object): object {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.map(([key, part]) => [key, isPlain(part) ? defined(part) : part]),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {GridError} `frame-unexpected` */
export function decodePart<T>(bytes: Uint8Array, schema: z.ZodMiniType<T>): T {
  const parsed = schema.safeParse(decodeValue(bytes));
  if (parsed.success) return parsed.data;
  throw new GridError('frame-unexpected', 'A server said what this one does not know.');
}
