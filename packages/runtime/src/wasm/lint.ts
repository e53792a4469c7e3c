import { invalid, type Reader } from './reader.ts';

// Reads the instructions of every function (webassembly.github.io/spec/core/binary/instructions.html) and refuses those
// whose result the standard leaves to the engine: relaxed SIMD, and what threads do to a memory.

type Skip = (reader: Reader) => void;

const RELAXED_FROM = 0x100;

const nothing: Skip = () => {};
const number: Skip = (reader) => reader.leb();
const bytes =
  (count: number): Skip =>
  (reader) => {
    reader.sub(count);
  };
const both =
  (...skips: readonly Skip[]): Skip =>
  (reader) => {
    for (const skip of skips) skip(reader);
  };
const many =
  (skip: Skip): Skip =>
  (reader) => {
    for (let rest = reader.u32(); rest > 0; rest--) skip(reader);
  };
const type: Skip = (reader) => {
  const byte = reader.leb();
  // (ref ht) and (ref null ht) name a heap type.
  if (byte === 0x63 || byte === 0x64) reader.leb();
};
const memory: Skip = (reader) => {
  const align = reader.leb();
  if (align & 0x40) reader.leb();
  reader.leb();
};
const catchClause: Skip = (reader) => {
  if (reader.byte() < 2) reader.leb();
  reader.leb();
};

/** First opcode, last opcode, what follows them; those not named here have nothing behind them. */
const INSTRUCTIONS: readonly (readonly [number, number, Skip])[] = [
  [0x02, 0x04, type],
  [0x06, 0x06, type],
  [0x07, 0x09, number],
  [0x0c, 0x0d, number],
  [0x0e, 0x0e, both(many(number), number)],
  [0x10, 0x10, number],
  [0x11, 0x11, both(number, number)],
  [0x12, 0x12, number],
  [0x13, 0x13, both(number, number)],
  [0x14, 0x15, number],
  [0x18, 0x18, number],
  [0x1c, 0x1c, many(type)],
  [0x1f, 0x1f, both(type, many(catchClause))],
  [0x20, 0x26, number],
  [0x28, 0x3e, memory],
  [0x3f, 0x42, number],
  [0x43, 0x43, bytes(4)],
  [0x44, 0x44, bytes(8)],
  [0xd0, 0xd0, number],
  [0xd2, 0xd2, number],
  [0xd5, 0xd6, number],
  [0xfb, 0xfb, garbageCollected],
  [0xfc, 0xfc, miscellaneous],
  [0xfd, 0xfd, vector],
  [0xfe, 0xfe, threads],
];

const SKIPS: readonly Skip[] = Array.from(
  { length: 256 },
  (_, code) => INSTRUCTIONS.find(([first, last]) => code >= first && code <= last)?.[2] ?? nothing,
);

/** @param code the section of functions' bodies. @throws {GridError} `wasm-invalid`, naming what the engine may choose. */
export function lintCode(code: Reader): void {
  for (let rest = code.u32(); rest > 0; rest--) {
    const body = code.sub(code.u32());
    many(both(number, type))(body);
    while (!body.done) SKIPS[body.byte()]?.(body);
  }
}

function miscellaneous(reader: Reader): void {
  const code = reader.u32();
  if (code < 8) return;
  reader.leb();
  if (code === 8 || code === 10 || code === 12 || code === 14) reader.leb();
}

function vector(reader: Reader): void {
  const code = reader.u32();
  if (code >= RELAXED_FROM) throw refused('relaxed SIMD');
  if (code <= 11 || code === 92 || code === 93) memory(reader);
  else if (code === 12 || code === 13) reader.sub(16);
  else if (code >= 21 && code <= 34) reader.byte();
  else if (code >= 84 && code <= 91) both(memory, bytes(1))(reader);
}

function threads(): void {
  throw refused('instructions of threads');
}

function garbageCollected(): void {
  throw invalid('it uses garbage-collected types');
}

function refused(what: string): Error {
  return invalid(
    `it uses ${what}, whose results differ from browser to browser; build it without, or submit it with determinism "tolerant" and a comparison`,
  );
}
