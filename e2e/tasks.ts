// Small programs that the tests submit. Each says what its values must be.

export const SQUARE_JS = 'export default (n) => n * n;';

/** Uses types and, from another file, a function. */
export const CUBE_TS = `import { power } from './power.ts';
interface Context { readonly args: { exponent: number } }
export const cube = (n: number, ctx: Context): number => power(n, ctx.args.exponent);`;
export const POWER_TS =
  'export const power = (base: number, exponent: number): number => base ** exponent;';

/** (module (func (export "square") (param f64) (result f64) local.get 0 local.get 0 f64.mul)) */
export const SQUARE_WASM = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 124, 1, 124, 3, 2, 1, 0, 7, 10, 1, 6, 115, 113, 117,
  97, 114, 101, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 0, 162, 11,
]);

/** About 20 ms on one core, whatever the machine does besides: it counts work, not time. */
export const SLOW_JS = `export default (n) => {
  let x = n + 1;
  for (let i = 0; i < 4e6; i++) x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  return x;
};`;

/** What SLOW_JS gives. */
export function slowValue(n: number): number {
  let x = n + 1;
  for (let i = 0; i < 4e6; i++) x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  return x;
}

/** About a millisecond on one core. */
export const BUSY_SQUARE_JS = `export default (n) => {
  let x = n + 1;
  for (let i = 0; i < 2e5; i++) x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  return x < 0 ? x : n * n;
};`;

export function squares(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n * n);
}
