import { parse } from 'acorn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutPowers } from './portable-power.ts';

const rewrite = (source: string) =>
  withoutPowers(source, parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));

/** The value of an expression's source after the rewrite, where `**` is left in the helper only. */
function resultOf(expression: string, scope = ''): unknown {
  const source = rewrite(`${scope}\nglobalThis.result = ${expression};`);
  expect(source.match(/\*\*/g)?.length ?? 0).toBeLessThanOrEqual(1);
  new Function(source)();
  return (globalThis as { result?: unknown }).result;
}

test('[SU40] a power is a call of Math.pow', () => {
  expect(rewrite('export default (x) => x ** 2 ** x;')).toBe(
    'export default (x) => power(x, power(2, x));\n' +
      "function power(a, b) { return typeof a === 'bigint' ? a ** b : Math.pow(a, b); }\n",
  );
  expect(rewrite('const power = (x) => x ** 2;')).toContain('power_(x, 2)');
  const plain = "export default (x) => x * 2; // '**'";
  expect(rewrite(plain)).toBe(plain);
});

test('[SU40] with the value it had', () => {
  expect(resultOf('2 ** 3 ** 2')).toBe(512);
  expect(resultOf('(-2) ** 2 * 2n.constructor(3) .toString() ** 1')).toBe(12);
  expect(resultOf('2n ** 70n')).toBe(2n ** 70n);
  expect(resultOf('(x **= 2, x)', 'let x = 3;')).toBe(9);
  expect(
    resultOf(
      '[list[next()] **= 2, calls, list]',
      'let calls = 0; const list = [3, 4]; const next = () => calls++;',
    ),
  ).toEqual([9, 1, [9, 4]]);
  expect(resultOf('(a.b.c **= a.b.c ** 2, a.b.c)', 'const a = { b: { c: 2 } };')).toBe(16);
  expect(resultOf('[1, 2].map((x) => x ** (0, 2))')).toEqual([1, 4]);
  expect(resultOf('(0, 3) ** 2')).toBe(9);
});

test('[SU40] whatever stands around it', () => {
  const leaf = fc.integer({ min: 0, max: 3 }).map(String);
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc
        .tuple(tie('tree'), fc.constantFrom('+', '*', '**', '-'), tie('tree'))
        .map(([a, op, b]) => `((${a}) ${op} (${b}))`),
    ),
  }));
  fc.assert(
    fc.property(tree, (expression) => {
      expect(resultOf(expression)).toEqual(new Function(`return ${expression}`)());
    }),
  );
});
