import { encodeValue } from './codec/value.ts';
import type { PeerId, VolunteerId } from './ids.ts';
import type { JobMessage } from './messages/coordinator.ts';

/**
 * What a volunteer signs to prove its identity on one link: the link's nonce, and where the road has one the binding
 * of its two ends (over WebRTC their DTLS fingerprints), so that nobody in between can pass the proof on.
 */
export function helloBytes(nonce: Uint8Array, peer: PeerId, binding?: Uint8Array): Uint8Array {
  return labelled(`manytabs join ${peer} `, nonce, binding);
}

/** What the grid's key signs in answer: who welcomes is the grid, on this link. */
export function welcomeBytes(
  nonce: Uint8Array,
  volunteer: VolunteerId,
  binding?: Uint8Array,
): Uint8Array {
  return labelled(`manytabs welcome ${volunteer} `, nonce, binding);
}

/** What the grid's key signs of a job: all that a volunteer is told of it. */
export function manifestBytes({ signature: _, ...job }: JobMessage): Uint8Array {
  return labelled('manytabs job ', encodeValue(withoutUndefined(job)));
}

function labelled(label: string, ...parts: readonly (Uint8Array | undefined)[]): Uint8Array {
  const all = [new TextEncoder().encode(label), ...parts.filter((part) => part !== undefined)];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What is absent on one side of the wire may be undefined on the other. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutUndefined(part)]));
}
