import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildLibm } from '../../../build/libm.ts';
import { installPortable, STILL_TIME } from './install.ts';
import { loadLibm } from './math.ts';

// Each test has a realm of its own, as the prototypes of the language are changed.

let realm: typeof globalThis;
const run = <T>(code: string): T => runInContext(code, realm) as T;

async function setupRealm(determinism?: Parameters<typeof installPortable>[1]): Promise<void> {
  realm = createContext({}) as typeof globalThis;
  const inner = runInContext('globalThis', realm) as typeof globalThis;
  const bytes = Uint8Array.from(await buildLibm());
  installPortable(inner, determinism, {
    clock: () => 1_000.75,
    now: () => 5,
    libm: () => loadLibm(bytes),
  });
}

beforeEach(() => setupRealm());

describe('Math', () => {
  const ONE = ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh'];
  ONE.push('acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt');
  const VALUES = [0, -0, 1, -1, 0.5, -0.5, 2, 1e-9, 1e9, 710, Infinity, -Infinity, Number.NaN];

  test('[RU50] is within two units of the last place of this engine, and equal where the language says how', () => {
    for (const name of ONE) {
      for (const value of VALUES)
        expect(ulps(call(name, value), engine(name, value))).toBeLessThan(3);
    }
    for (const x of VALUES) {
      for (const y of VALUES) {
        expect(ulps(call('pow', x, y), x ** y)).toBeLessThan(3);
        expect(ulps(call('atan2', x, y), Math.atan2(x, y))).toBeLessThan(3);
        expect(ulps(call('hypot', x, y, 1), Math.hypot(x, y, 1))).toBeLessThan(3);
      }
    }
  });

  test('[RU50] gives the bits that are written here, whatever the engine', () => {
    const bits = [...ONE, 'pow', 'hypot'].map((name) =>
      bitsOf(call(name, 0.7310585786300049, 1.25)),
    );
    const digest = createHash('sha256').update(bits.join()).digest('hex').slice(0, 16);
    expect(digest).toBe('a3ba040cffd92dab');
  });

  test("[RU50] is the engine's own for a job of one class", async () => {
    await setupRealm('class');
    expect(run<string>('String(Math.sin)')).toContain('sin() { [native code] }');
  });

  const call = (name: string, ...values: number[]) =>
    run<(...values: number[]) => number>(`Math.${name}`)(...values);
  const engine = (name: string, value: number) =>
    (Math as unknown as Record<string, (value: number) => number>)[name]?.(value) ?? Number.NaN;
});

describe('Date', () => {
  test('[RU51] knows no zone but UTC', () => {
    const code = `[new Date(2020, 0, 2, 3).getTime(), new Date('2020-01-02T03:00').getTime(),
      new Date('Jan 2, 2020 03:00').getTime(), new Date(2020, 0, 2, 3).getHours(),
      new Date(0).getTimezoneOffset(), String(new Date(0)), new Date(0).toLocaleString()]`;
    expect([...run<unknown[]>(code)]).toEqual([
      ...Array(3).fill(Date.UTC(2020, 0, 2, 3)),
      3,
      0,
      'Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)',
      '1970-01-01 00:00:00',
    ]);
  });

  test('[RU51] is a Date in every other way', () => {
    const code = `class Mine extends Date {}
      [new Date(5) instanceof Date, new Mine(5) instanceof Mine, new Date(new Date(7)).getTime(),
      Number.isNaN(new Date('x').getTime()), String(new Date(NaN)), typeof Date(), Date.UTC(1970, 0),
      new Date('2020-01-02T03:00:00+01:00').getTime(), Date.name, new Date(0).constructor === Date]`;
    expect([...run<unknown[]>(code)]).toEqual([
      ...[true, true, 7, true, 'Invalid Date', 'string', 0],
      Date.UTC(2020, 0, 2, 2),
      'Date',
      true,
    ]);
  });

  test('[RU52] its clock runs, and stands still under strict-js', async () => {
    const code = '[Date.now(), new Date().getTime(), performance.now()]';
    expect([...run<unknown[]>(code)]).toEqual([1000, 1000, 5]);
    await setupRealm('strict-js');
    expect([...run<unknown[]>(code)]).toEqual([STILL_TIME, STILL_TIME, 0]);
  });
});

test('[RU53] strings and numbers follow no locale', () => {
  const code = `['ä'.localeCompare('z'), 'a'.localeCompare('a'), 'a'.localeCompare('b'),
    (1234567.5).toLocaleString(), 1234567n.toLocaleString(), 'I'.toLocaleLowerCase('tr')]`;
  expect([...run<unknown[]>(code)]).toEqual([1, 0, -1, '1234567.5', '1234567', 'i']);
});

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

function ulps(left: number, right: number): number {
  if (Object.is(left, right)) return 0;
  return Math.abs(Number(BigInt(`0x${bitsOf(left)}`) - BigInt(`0x${bitsOf(right)}`)));
}
