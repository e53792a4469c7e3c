import { GridError } from '@manytabs/protocol';

/** Bytes as a result carries them: text where they are UTF-8, else base64. */
export type Encoded = string | { readonly base64: string };

const BINARY_CHUNK = 8192;

export function encoded(bytes: Uint8Array): Encoded {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: toBase64(bytes) };
  }
}

/** @throws {GridError} `input-invalid` for what is neither text, `{base64}` nor bytes. */
export function decoded(value: unknown, what: string): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  const base64 = isFields(value) ? value.base64 : undefined;
  if (typeof base64 !== 'string')
    throw new GridError('input-invalid', `${what} is neither text nor {"base64"}.`);
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw new GridError('input-invalid', `${what} is no base64.`);
  }
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += BINARY_CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + BINARY_CHUNK));
  return btoa(binary);
}
