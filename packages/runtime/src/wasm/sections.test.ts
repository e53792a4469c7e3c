import { GridError } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as modules from '../../test/modules.ts';
import { planWasm } from './plan.ts';
import { parseWasm } from './sections.ts';

const bytesOf = (bytes: readonly number[]) => Uint8Array.from(bytes);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (thrown) {
    return thrown instanceof GridError ? thrown.code : String(thrown);
  }
}

describe('the shape of a module', () => {
  test('[RU20] its exports are called by the types they declare', () => {
    expect(planWasm(bytesOf(modules.addition), 'run').plan).toEqual({
      export: 'run',
      abi: 'numbers',
      params: ['f64', 'f64'],
      fresh: false,
      resets: false,
      aborts: false,
    });
    expect(planWasm(bytesOf(modules.pair), 'run').plan.abi).toBe('numbers');
  });

  test('[RU21] memory, alloc and (i32, i32) -> i64 mean bytes', () => {
    expect(planWasm(bytesOf(modules.echo), 'run').plan).toMatchObject({
      abi: 'bytes',
      fresh: true,
    });
  });

  test('[RU22] memory, no alloc and (i32) -> i64 mean bytes of a number', () => {
    expect(planWasm(bytesOf(modules.generator), 'run').plan.abi).toBe('index');
    expect(planWasm(bytesOf(modules.echo), 'alloc').plan.abi).toBe('numbers');
  });

  test('[RU23] what has memory, tables or globals is made new for each task, unless it resets', () => {
    expect(planWasm(bytesOf(modules.counter), 'run').plan.fresh).toBe(true);
    expect(planWasm(bytesOf(modules.forgetful), 'run').plan).toMatchObject({
      fresh: false,
      resets: true,
    });
  });

  test('[RU24] foreign imports are refused by name', () => {
    expect(() => planWasm(bytesOf(modules.importing), 'run')).toThrow('env.steal');
    expect(codeOf(() => planWasm(bytesOf(modules.addition), 'walk'))).toBe('export-missing');
  });

  test('[RU25] memory is bounded, shared and 64-bit ones are refused', () => {
    const plan = (...limits: number[]) => planWasm(bytesOf(modules.withMemory(...limits)), 'run');
    expect(parseWasm(plan(0, 1).bytes).memories).toEqual([
      { pagesMin: 1, pagesMax: 16_384, shared: false, wide: false },
    ]);
    expect(parseWasm(plan(1, 1, 5).bytes).memories[0]?.pagesMax).toBe(5);
    expect(codeOf(() => plan(1, 1, 0x81, 0x80, 1))).toBe('wasm-invalid');
    expect(codeOf(() => plan(0, 0x81, 0x80, 1))).toBe('wasm-invalid');
    expect(codeOf(() => plan(3, 1, 5))).toBe('wasm-invalid');
    expect(codeOf(() => plan(4, 1))).toBe('wasm-invalid');
  });

  test('[RU25] a job that says what it needs gets no more, and a module that declares more is refused', () => {
    const plan = (...limits: number[]) =>
      planWasm(bytesOf(modules.withMemory(...limits)), 'run', { memoryMB: 2 });
    expect(parseWasm(plan(0, 1).bytes).memories[0]?.pagesMax).toBe(32);
    expect(parseWasm(plan(1, 1, 32).bytes).memories[0]?.pagesMax).toBe(32);
    expect(() => plan(1, 1, 48)).toThrow('its memory may grow to 3 MiB, and the job asks for 2');
    expect(() => plan(0, 40)).toThrow('its memory begins with 2.5 MiB, and the job asks for 2');
  });

  test('[RU25] a bounded module is still a module', () => {
    for (const module of [modules.grower, modules.echo, modules.generator])
      expect(WebAssembly.validate(planWasm(bytesOf(module), 'run').bytes)).toBe(true);
  });
});

describe('hostile bytes', () => {
  const isRefused = (bytes: Uint8Array) =>
    ['none', 'wasm-invalid', 'export-missing'].includes(codeOf(() => planWasm(bytes, 'run')));

  test('[RU24] any bytes are parsed or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isRefused));
    const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) =>
        isRefused(Uint8Array.from([...magic, ...rest])),
      ),
    );
  });

  test('[RU24] any change to a module is parsed or refused', () => {
    const all = [modules.addition, modules.echo, modules.counter, modules.importing];
    const change = fc.tuple(fc.constantFrom(...all), fc.nat(400), fc.nat(255), fc.nat(400));
    fc.assert(
      fc.property(change, ([module, at, byte, end]) => {
        const bytes = bytesOf(module).slice(0, Math.max(end, 9));
        bytes[at % bytes.length] = byte;
        return isRefused(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('[RU24] a list cannot be longer than its bytes', () => {
    const types = [1, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x60];
    expect(codeOf(() => parseWasm(bytesOf(modules.moduleOf(types))))).toBe('wasm-invalid');
  });
});
