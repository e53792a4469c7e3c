import { GridError } from '@manytabs/protocol';
import asc from 'assemblyscript/asc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildLibm } from '../../build/libm.ts';
import * as modules from '../../test/modules.ts';
import { lintCode } from './lint.ts';
import { planWasm } from './plan.ts';
import { parseWasm } from './sections.ts';

const RELAXED = `export function run(x: f64): f64 {
  const a = f64x2.splat(x);
  return f64x2.extract_lane(f64x2.relaxed_madd(a, a, a), 0);
}`;
const PLAIN = `export function run(x: f64): f64 {
  let sum = f64x2.splat(x);
  for (let i = 0; i < 3; i++) sum = f64x2.add(sum, v128.shuffle<f64>(sum, sum, 0, 1));
  switch (<i32>x) { case 0: return 1; case 1: return 2; case 2: return 3; }
  return f64x2.extract_lane(sum, 0) + load<f64>(64);
}`;

describe('the instructions of a module', () => {
  test('[RU54] relaxed SIMD is refused, unless results are compared with a tolerance', {
    timeout: 60_000,
  }, async () => {
    const bytes = await compiled(RELAXED);
    expect(() => planWasm(bytes, 'run')).toThrow(/relaxed SIMD/);
    expect(() => planWasm(bytes, 'run', { determinism: 'strict-wasm' })).toThrow(/relaxed SIMD/);
    expect(planWasm(bytes, 'run', { determinism: 'tolerant' }).plan.export).toBe('run');
  });

  test('[RU54] everything else is read to its end', { timeout: 60_000 }, async () => {
    const all = [await compiled(PLAIN), await buildLibm(), Uint8Array.from(modules.addition)];
    for (const bytes of all) {
      const { code } = parseWasm(bytes);
      if (code) lintCode(code);
      expect(code?.done).toBe(true);
    }
  });

  test('[RU54] rubbish is refused by a code', { timeout: 60_000 }, async () => {
    const libm = await buildLibm();
    const spot = fc.tuple(fc.nat(libm.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 8 }), (spots) => {
        const bytes = libm.slice();
        for (const [at, byte] of spots) bytes[at] = byte;
        expect(codeOf(() => planWasm(bytes, 'sin'))).toMatch(
          /^(none|wasm-invalid|export-missing)$/,
        );
      }),
      { numRuns: 300 },
    );
  });
});

async function compiled(source: string): Promise<Uint8Array> {
  const out: { bytes?: Uint8Array } = {};
  const { error, stderr } = await asc.main(
    [
      ...['in.ts', '--outFile', 'out.wasm', '--runtime', 'stub', '--use', 'abort='],
      ...['--enable', 'simd', '--enable', 'relaxed-simd', '--initialMemory', '1'],
    ],
    {
      readFile: (name) => (name === 'in.ts' ? source : null),
      writeFile: (_name, bytes) => {
        out.bytes = bytes as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !out.bytes) throw new Error(stderr.toString());
  return out.bytes;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (thrown) {
    return thrown instanceof GridError ? thrown.code : String(thrown);
  }
}
