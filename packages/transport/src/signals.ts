import { type PeerId, peerIdSchema, z } from '@manytabs/protocol';

// What peers say to each other through a signalling server, in PeerServer's words. Strict on purpose: a tab's PeerJS
// believes what it gets, and a `serialization` other than raw would put its unbounded decoder before a stranger.

const text = (charsMax: number) => z.string().check(z.maxLength(charsMax));
const connectionIdSchema = text(100).check(z.minLength(1));

const SDP_CHARS_MAX = 32_768;
const sdpSchema = <T extends 'offer' | 'answer'>(type: T) =>
  z.object({ type: z.literal(type), sdp: text(SDP_CHARS_MAX) });

export const offerPayloadSchema = z.object({
  type: z.literal('data'),
  connectionId: connectionIdSchema,
  serialization: z.literal('raw'),
  reliable: z.literal(true),
  label: text(100),
  sdp: sdpSchema('offer'),
});

export const answerPayloadSchema = z.object({
  type: z.literal('data'),
  connectionId: connectionIdSchema,
  sdp: sdpSchema('answer'),
});

export const candidatePayloadSchema = z.object({
  type: z.literal('data'),
  connectionId: connectionIdSchema,
  candidate: z.object({
    candidate: text(1024),
    sdpMid: z.nullable(text(64)),
    sdpMLineIndex: z.nullable(z.int().check(z.gte(0), z.lte(64))),
    usernameFragment: z.optional(z.nullable(text(256))),
  }),
});

/** From a client to another, as it sends it. */
export const relayedSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('OFFER'), dst: peerIdSchema, payload: offerPayloadSchema }),
  z.object({ type: z.literal('ANSWER'), dst: peerIdSchema, payload: answerPayloadSchema }),
  z.object({ type: z.literal('CANDIDATE'), dst: peerIdSchema, payload: candidatePayloadSchema }),
  z.object({ type: z.literal('LEAVE'), dst: peerIdSchema }),
]);
export type RelayedSignal = z.infer<typeof relayedSchema>;

export const toServerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('HEARTBEAT') }),
  ...relayedSchema.def.options,
]);

const source = { src: peerIdSchema };

/** From the server. `EXPIRE`: nobody of that id is there. */
export const fromServerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('OPEN') }),
  z.object({ type: z.literal('ID-TAKEN') }),
  z.object({ type: z.literal('ERROR') }),
  z.object({ type: z.literal('EXPIRE'), ...source }),
  z.object({ type: z.literal('OFFER'), ...source, payload: offerPayloadSchema }),
  z.object({ type: z.literal('ANSWER'), ...source, payload: answerPayloadSchema }),
  z.object({ type: z.literal('CANDIDATE'), ...source, payload: candidatePayloadSchema }),
  z.object({ type: z.literal('LEAVE'), ...source }),
]);
export type ServerSignal = z.infer<typeof fromServerSchema>;
export type OfferPayload = z.infer<typeof offerPayloadSchema>;

const route = { src: peerIdSchema, dst: peerIdSchema };

/** From one server to another, each for a client of its own. */
export const forwardedSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('EXPIRE'), ...route }),
  z.object({ type: z.literal('OFFER'), ...route, payload: offerPayloadSchema }),
  z.object({ type: z.literal('ANSWER'), ...route, payload: answerPayloadSchema }),
  z.object({ type: z.literal('CANDIDATE'), ...route, payload: candidatePayloadSchema }),
  z.object({ type: z.literal('LEAVE'), ...route }),
]);
export type ForwardedSignal = z.infer<typeof forwardedSchema>;

/** How a Node endpoint reaches a signalling server: over a WebSocket, or in the server's own process. */
export interface SignalChannel {
  readonly self: PeerId;
  /** Resolves once signals can be sent. @throws {GridError} `unreachable`, `identity-in-use`, `closed`. */
  opened(): Promise<void>;
  /** Lost where the channel is down: signalling is tried again from its start. */
  send(signal: RelayedSignal): void;
  onSignal(listener: (signal: ServerSignal) => void): void;
  /** Resolves once the id is free again. */
  close(): Promise<void>;
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
