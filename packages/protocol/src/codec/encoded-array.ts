/** A MessagePack array (array 32) of values that are encoded already. */
export function encodedArray(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(size + 5);
  bytes[0] = 0xdd;
  new DataView(bytes.buffer).setUint32(1, parts.length);
  let at = 5;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
