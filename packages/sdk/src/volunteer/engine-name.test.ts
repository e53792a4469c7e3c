import { expect, test } from 'vitest';
import { engineName } from './engine-name.ts';

/** The same Math but for one function. */
function mathWith(changes: Partial<Math>): Math {
  const names = Object.getOwnPropertyNames(Math) as (keyof Math)[];
  const own = Object.fromEntries(names.map((name) => [name, Math[name]]));
  return { ...own, ...changes } as Math;
}

test('[VA38] an engine has one name, and another where a last bit of its Math differs', () => {
  expect(engineName()).toMatch(/^math-[0-9a-f]{8}$/);
  expect(engineName(mathWith({}))).toBe(engineName());
  const nextUp = (value: number) => value + Math.abs(value) * Number.EPSILON;
  const others = (['sin', 'exp', 'log', 'cbrt', 'tanh'] as const).map((name) =>
    engineName(mathWith({ [name]: (x: number) => nextUp(Math[name](x)) })),
  );
  expect(new Set([engineName(), ...others]).size).toBe(6);
  const pow = (x: number, y: number) => nextUp(x ** y);
  expect(engineName(mathWith({ pow }))).not.toBe(engineName());
});
