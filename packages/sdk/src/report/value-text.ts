/** Plain JSON of any value the codec can carry; bytes become `{base64}`, big integers their digits. */
export function valueJson(value: unknown): string {
  return JSON.stringify(value, plain) ?? 'null';
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return { base64: base64(value) };
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return [...(value as unknown as Iterable<unknown>)];
  }
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  return value;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(text);
}

const PREVIEW_CHARS_MAX = 240;
const NODES_MAX = 60;

/**
 * The beginning of a value as one line of text, at bounded cost whatever the value's size. Values come from strangers:
 * the text is only ever rendered as text, and control and direction characters in it are made visible.
 */
export function valuePreview(value: unknown): string {
  const budget = { nodes: NODES_MAX };
  const text = visible(preview(value, budget));
  return text.length > PREVIEW_CHARS_MAX ? `${text.slice(0, PREVIEW_CHARS_MAX - 1)}…` : text;
}

function preview(value: unknown, budget: { nodes: number }): string {
  if (--budget.nodes < 0) return '…';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, PREVIEW_CHARS_MAX));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} B)`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  if (value instanceof Map) return `Map(${value.size})`;
  if (value instanceof Set) return `Set(${value.size})`;
  if (Array.isArray(value)) return arrayPreview(value, budget);
  return objectPreview(value, budget);
}

function arrayPreview(value: readonly unknown[], budget: { nodes: number }): string {
  const parts: string[] = [];
  for (const item of value) {
    if (budget.nodes <= 0) return `[${parts.join(', ')}, …]`;
    parts.push(preview(item, budget));
  }
  return `[${parts.join(', ')}]`;
}

function objectPreview(value: object, budget: { nodes: number }): string {
  const parts: string[] = [];
  for (const key in value) {
    if (budget.nodes <= 0) return `{${parts.join(', ')}, …}`;
    const item: unknown = Reflect.get(value, key);
    parts.push(`${key.slice(0, 40)}: ${preview(item, budget)}`);
  }
  return `{${parts.join(', ')}}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to make visible.
const TRICKY = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of strangers without characters that hide, break or turn around what stands beside them. */
export function visible(text: string): string {
  return text.replace(TRICKY, '\u00b7');
}
