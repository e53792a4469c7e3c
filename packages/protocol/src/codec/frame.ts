import { Decoder, Encoder } from '@msgpack/msgpack';
import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import type { z } from '../zod.ts';
import { malformed, Scanner, tooLarge } from './scan.ts';

/**
 * A frame is one version byte and an array of messages. Values inside messages (results, inputs) stay encoded bytes,
 * so a frame is shallow whatever it carries.
 */
export function encodeFrame(
  messages: readonly { readonly type: string }[],
): Uint8Array<ArrayBuffer> {
  const body = new Encoder({ ignoreUndefined: true, initialBufferSize: 512 }).encodeSharedRef(
    messages,
  );
  const frame = new Uint8Array(body.length + 1);
  frame[0] = PROTOCOL_VERSION;
  frame.set(body, 1);
  return frame;
}

const FRAME_SCAN = { depth: 16, nodes: 400_000 };

/**
 * What every receiver of a frame checks first, and a sender may, so that it sends nothing that ends the link.
 * @throws {GridError} `frame-malformed`, `frame-too-large`
 */
export function checkFrame(frame: Uint8Array): void {
  if (frame.length > LIMITS.BULK_BYTES_MAX) throw tooLarge(`it has ${frame.length} bytes`);
  const body = frame.subarray(1);
  if (new Scanner(body, 0, FRAME_SCAN).skip() !== body.length)
    throw malformed('it has trailing bytes');
}

/**
 * The messages of a frame of unknown origin.
 * @throws {GridError} `version-mismatch`, `frame-malformed`, `frame-too-large`, or `frame-unexpected` for a message
 *   the schema does not know.
 */
export function decodeFrame<Message>(
  frame: Uint8Array,
  schema: z.ZodMiniType<Message>,
  bytesMax: number = LIMITS.BULK_BYTES_MAX,
): Message[] {
  if (frame.length > bytesMax) throw tooLarge(`it has ${frame.length} bytes`);
  if (frame[0] !== PROTOCOL_VERSION) throw versionMismatch(frame[0]);
  checkFrame(frame);
  const messages = decodeBody(frame.subarray(1));
  if (!Array.isArray(messages)) throw malformed('it is not a list');
  if (messages.length > LIMITS.FRAME_MESSAGES_MAX) throw tooLarge('it carries too many messages');
  return messages.map((message) => parse(message, schema));
}

function decodeBody(body: Uint8Array): unknown {
  try {
    return new Decoder().decode(body);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'it cannot be decoded');
  }
}

function parse<Message>(message: unknown, schema: z.ZodMiniType<Message>): Message {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new GridError(
    'frame-unexpected',
    `A message was refused at "${where}": ${issue?.message}.`,
  );
}

function versionMismatch(version: number | undefined): GridError {
  return new GridError(
    'version-mismatch',
    `A peer speaks version ${version}, this is ${PROTOCOL_VERSION}.`,
  );
}
