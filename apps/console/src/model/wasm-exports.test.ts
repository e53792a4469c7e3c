import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wasmExports } from './wasm-exports.ts';

/** A module that exports a memory and the functions `double` and `half`, which return their argument. */
const MODULE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x03, 0x02, 0x00, 0x00],
  ...[0x05, 0x03, 0x01, 0x00, 0x01],
  ...[0x07, 0x17, 0x03],
  ...[0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00],
  ...[0x06, 0x64, 0x6f, 0x75, 0x62, 0x6c, 0x65, 0x00, 0x00],
  ...[0x01, 0x68, 0x00, 0x01],
  ...[0x0a, 0x0b, 0x02, 0x04, 0x00, 0x20, 0x00, 0x0b, 0x04, 0x00, 0x20, 0x00, 0x0b],
]);

test('[UI14] the functions of a WASM file are read from its bytes', async () => {
  expect(wasmExports(MODULE)).toEqual(['double', 'h']);
  // The engine agrees that it is a module, and on what it exports.
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(MODULE));
  const functions = exported.filter((entry) => entry.kind === 'function');
  expect(functions.map((entry) => entry.name)).toEqual(['double', 'h']);
});

test('[UI14] any other bytes are refused or hold no function, and never hang', () => {
  expect(() => wasmExports(new TextEncoder().encode('<html>'))).toThrow(/no WASM module/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      const bytes = new Uint8Array([...MODULE.subarray(0, 8), ...tail]);
      try {
        expect(Array.isArray(wasmExports(bytes))).toBe(true);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'wasm-invalid' });
      }
    }),
  );
});
