import { type Prng, z } from '../../packages/protocol/src/index.ts';

/** What makes programs stumble, tried in place of any value. */
const HOSTILE: readonly unknown[] = [
  ...[null, undefined, true, '', 0, -1, -0, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308],
  ...[Number.NaN, Number.POSITIVE_INFINITY, '__proto__', 'constructor', '\u0000', '\ud800'],
  ...['x'.repeat(300), 'x'.repeat(70_000), '../../etc/passwd', '=cmd|x', '💥'.repeat(50)],
  ...[[], {}, [[[[[]]]]], { __proto__: null, toString: 1 }, new Uint8Array(0), new Uint8Array(64)],
];

/** Shapes that a schema only tests for. */
const CANDIDATES: readonly unknown[] = [
  ...[`j${'a'.repeat(20)}`, `v${'b'.repeat(26)}`, 'peer-1', 'c'.repeat(64), 'd'.repeat(12)],
  ...[0, 1, 7, 'a', '/a', 'https://a.example', true],
  ...[0, 1, 8, 32, 64, 200].map((length) => new Uint8Array(length).fill(7)),
];

type Schema = z.ZodMiniType;
interface Def {
  readonly type: string;
  readonly shape?: Record<string, Schema>;
  readonly options?: readonly Schema[];
  readonly values?: readonly unknown[];
  readonly entries?: Record<string, unknown>;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly items?: readonly Schema[];
}

/** A value that the schema mostly takes, made from the schema itself, so that new messages are fuzzed unasked. */
export function generate(schema: Schema, prng: Prng): unknown {
  const def = schema._zod.def as unknown as Def;
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape ?? {}).map(([key, part]) => [key, generate(part, prng)]),
      );
    case 'union':
      return generate(prng.pick(def.options ?? []) ?? z.null(), prng);
    case 'literal':
      return prng.pick(def.values ?? []);
    case 'enum':
      return prng.pick(Object.values(def.entries ?? {}));
    case 'array':
      return Array.from({ length: prng.int(4) }, () => generate(def.element ?? z.null(), prng));
    case 'tuple':
      return (def.items ?? []).map((item) => generate(item, prng));
    case 'optional':
    case 'nullable':
      return prng.chance(0.5) ? undefined : generate(def.innerType ?? z.null(), prng);
    default:
      return candidate(schema, prng);
  }
}

function candidate(schema: Schema, prng: Prng): unknown {
  const start = prng.int(CANDIDATES.length);
  for (let n = 0; n < CANDIDATES.length; n++) {
    const value = CANDIDATES[(start + n) % CANDIDATES.length];
    if (schema.safeParse(value).success) return value;
  }
  return null;
}

/** The value with one part, somewhere in it, that is hostile. */
export function poison(value: unknown, prng: Prng): unknown {
  if (prng.chance(0.3) || typeof value !== 'object' || value === null) return prng.pick(HOSTILE);
  if (value instanceof Uint8Array) return mutate(value, prng);
  const entries = Object.entries(value);
  const [key] = prng.pick(entries) ?? [];
  if (key === undefined) return prng.pick(HOSTILE);
  const changed = entries.map(([name, part]) => [name, name === key ? poison(part, prng) : part]);
  return Array.isArray(value) ? changed.map(([, part]) => part) : Object.fromEntries(changed);
}

/** Bytes with bits turned, cut, doubled or put in. */
export function mutate(bytes: Uint8Array, prng: Prng): Uint8Array {
  let changed = bytes.slice();
  for (let n = prng.int(4); n >= 0; n--) {
    const at = prng.int(changed.length + 1);
    const kind = prng.int(5);
    if (kind === 0 && at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << prng.int(8));
    else if (kind === 1) changed = changed.slice(0, at);
    else if (kind === 2)
      changed = concat(changed.subarray(0, at), noise(prng, 1 + prng.int(8)), changed.subarray(at));
    else if (kind === 3) changed = concat(changed.subarray(at), changed.subarray(0, at));
    else if (at < changed.length)
      changed[at] = prng.pick([0, 0x7f, 0x80, 0xc1, 0xdd, 0xdf, 0xff]) ?? 0;
  }
  return changed.slice(0, 100_000);
}

export function noise(prng: Prng, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => prng.int(256));
}

/** Text of any kind, or a text that was right with something wrong in it. */
export function text(prng: Prng, right: readonly string[]): string {
  const known = prng.pick(right) ?? '';
  if (prng.chance(0.2)) return new TextDecoder().decode(noise(prng, prng.int(80)));
  return new TextDecoder().decode(mutate(new TextEncoder().encode(known), prng));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
