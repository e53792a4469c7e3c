/**
 * A task's value as JSON can say it. Bytes become {"base64"}, other typed arrays and sets become lists, maps become lists
 * of pairs, dates ISO 8601 text, big integers decimal text; NaN, infinities and undefined become null.
 */
export function toJsonValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object':
      return value === null ? null : objectToJson(value);
    case 'string':
    case 'boolean':
      return value;
    default:
      return null;
  }
}

/** One line of JSON without any control character: JSON lets some stand that terminals obey. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(toJsonValue(value)).replace(/[\u007f-\u009f]/g, (character) => {
    return `\\u00${character.charCodeAt(0).toString(16)}`;
  });
}

function objectToJson(value: object): unknown {
  if (value instanceof Uint8Array) return { base64: base64(value) };
  if (value instanceof ArrayBuffer) return { base64: base64(new Uint8Array(value)) };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (isList(value)) return Array.from(value, toJsonValue);
  const rows = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(rows.map(([key, child]) => [key, toJsonValue(child)]));
}

function isList(value: object): value is object & Iterable<unknown> {
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView);
  return value instanceof Map || value instanceof Set;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
