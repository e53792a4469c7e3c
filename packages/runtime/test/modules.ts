// WASM modules put together by hand, section by section (webassembly.github.io/spec/core/binary/modules.html).

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;

const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
const vector = (items: readonly (readonly number[])[]) => [items.length, ...items.flat()];

export function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = vector(items);
  return [id, ...leb(body.length), ...body];
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

export function moduleOf(...sections: readonly number[][]): number[] {
  return [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...sections.flat()];
}

export function type(params: readonly number[], results: readonly number[]): number[] {
  return [0x60, params.length, ...params, results.length, ...results];
}

function body(...code: readonly number[]): number[] {
  const whole = [0, ...code, 0x0b];
  return [...leb(whole.length), ...whole];
}

export const exported = (name: string, kind: number, index: number) => [...text(name), kind, index];
export const imported = (module: string, name: string, typeIndex: number) => [
  ...text(module),
  ...text(name),
  0,
  typeIndex,
];

const MEMORY = section(5, [[0, 1]]);
const EXPORT_MEMORY = exported('memory', 2, 0);
const PACK = [0xad, 0x42, 32, 0x86]; // i64.extend_i32_u, i64.const 32, i64.shl

/** `run(f64, f64) -> f64`: their sum. */
export const addition = moduleOf(
  section(1, [type([F64, F64], [F64])]),
  section(3, [[0]]),
  section(7, [exported('run', 0, 0)]),
  section(10, [body(0x20, 0, 0x20, 1, 0xa0)]),
);

/** `run(i64) -> (i64, i32)`: the number doubled, and 7. */
export const pair = moduleOf(
  section(1, [type([I64], [I64, I32])]),
  section(3, [[0]]),
  section(7, [exported('run', 0, 0)]),
  section(10, [body(0x20, 0, 0x20, 0, 0x7c, 0x41, 7)]),
);

/** `run(pointer, length)`: the bytes that came in, at the place where they lie. `alloc` gives 64. */
export const echo = moduleOf(
  section(1, [type([I32], [I32]), type([I32, I32], [I64])]),
  section(3, [[0], [1]]),
  MEMORY,
  section(7, [EXPORT_MEMORY, exported('alloc', 0, 0), exported('run', 0, 1)]),
  section(10, [
    body(0x41, 0xc0, 0x00), // i32.const 64
    body(0x20, 0, ...PACK, 0x20, 1, 0xad, 0x84),
  ]),
);

/** `run(index) -> packed`: the index as four bytes at 16. */
export const generator = moduleOf(
  section(1, [type([I32], [I64])]),
  section(3, [[0]]),
  MEMORY,
  section(7, [EXPORT_MEMORY, exported('run', 0, 0)]),
  section(10, [
    body(0x41, 16, 0x20, 0, 0x36, 2, 0, 0x41, 16, ...PACK, 0x42, 4, 0x84), // i32.store; 16 << 32 | 4
  ]),
);

/** `run(index) -> packed`, whose bytes lie outside its memory. */
export const outside = moduleOf(
  section(1, [type([I32], [I64])]),
  section(3, [[0]]),
  MEMORY,
  section(7, [EXPORT_MEMORY, exported('run', 0, 0)]),
  section(10, [body(0x42, 0x7f)]),
);

/** `run(i32) -> i32` counts its calls in a global, which must not be seen by other tasks. */
export const counter = moduleOf(
  section(1, [type([I32], [I32])]),
  section(3, [[0]]),
  section(6, [[I32, 1, 0x41, 0, 0x0b]]),
  section(7, [exported('run', 0, 0)]),
  section(10, [body(0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x23, 0)]),
);

/** The same counter, set to 10 by its `reset`. */
export const forgetful = moduleOf(
  section(1, [type([I32], [I32]), type([], [])]),
  section(3, [[0], [1]]),
  section(6, [[I32, 1, 0x41, 0, 0x0b]]),
  section(7, [exported('run', 0, 0), exported('reset', 0, 1)]),
  section(10, [body(0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x23, 0), body(0x41, 10, 0x24, 0)]),
);

/** `run(i32) -> i32` never ends. */
export const endless = moduleOf(
  section(1, [type([I32], [I32])]),
  section(3, [[0]]),
  section(7, [exported('run', 0, 0)]),
  section(10, [body(0x03, 0x40, 0x0c, 0, 0x0b, 0x20, 0)]),
);

/** `run(i32) -> i32`: how many pages its memory, declared without a maximum, can be grown to. */
export const grower = moduleOf(
  section(1, [type([I32], [I32])]),
  section(3, [[0]]),
  MEMORY,
  section(7, [exported('run', 0, 0)]),
  // Grown by one page past the grant: memory.grow gives -1.
  section(10, [body(0x41, ...signed(16_384), 0x40, 0)]),
);

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  if (rest === 0 && low < 0x40) return [low];
  return [low | 0x80, ...signed(rest)];
}

/** Imports a function that a volunteer does not give. */
export const importing = moduleOf(
  section(1, [type([I32], [I32])]),
  section(2, [imported('env', 'steal', 0)]),
  section(7, [exported('run', 0, 0)]),
);

export function withMemory(...limits: readonly number[]): number[] {
  return moduleOf(
    section(1, [type([I32], [I32])]),
    section(3, [[0]]),
    section(5, [limits]),
    section(7, [exported('run', 0, 0)]),
    section(10, [body(0x20, 0)]),
  );
}
