import { GridError } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { checkSource } from './free-variables.ts';

function refusal(source: string, name = 'default'): { code: string; details: unknown } | undefined {
  try {
    checkSource(source, { export: name });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GridError)) throw thrown;
    return { code: thrown.code, details: thrown.details };
  }
}

describe('a task that stands alone', () => {
  const alone = [
    'export default (n) => n * 2',
    'export default function f(n, { args: { k } }) { return f.name + k }',
    'const k = 3; export default (n) => n * k',
    'export default (n) => { try { null.x } catch (e) { return [e, Math.sqrt(n), new Map()] } }',
    'export default (n) => { label: for (const i of [n]) continue label; return { k: n, n } }',
    'export default async (n, ctx) => { for await (const x of [n]) ctx.log(x); return n?.a ?? 1n }',
    'class A { #p = 1; get p() { return this.#p } } export default () => new A().p',
    'export default ([a, , ...b], { c = 2 } = {}) => a + b.length + c',
    'export default (n) => typeof missing === "undefined" ? n : globalThis.missing',
  ];
  test.each(alone)('[SU14] is accepted: %s', (source) => {
    const allowed = source.includes('typeof')
      ? { code: 'free-variable', details: ['missing'] }
      : undefined;
    expect(refusal(source)).toEqual(allowed);
  });

  test('[SU14] may be a named export of any form', () => {
    for (const source of [
      'export function render(n) { return n }',
      'export const render = (n) => n',
      'const f = (n) => n; export { f as render }',
      'export class render {}',
    ]) {
      expect(refusal(source, 'render')).toBeUndefined();
    }
  });
});

describe('a task that does not', () => {
  test('[SU15] is refused by every name it lacks, in order', () => {
    const source = 'export default (n) => fetch(base + n, window.location, require("x"))';
    expect(refusal(source)).toEqual({
      code: 'free-variable',
      details: ['fetch', 'base', 'window', 'require'],
    });
  });

  test('[SU15] is refused for its syntax with the place', () => {
    try {
      checkSource('export default (n) => {\n  return n +* 2\n}', { export: 'default' });
      expect.unreachable();
    } catch (thrown) {
      expect((thrown as GridError).code).toBe('syntax-error');
      expect((thrown as GridError).message).toContain('(2:12)');
    }
  });

  test('[SU15] is refused for an import and for a missing export', () => {
    expect(refusal("import x from 'left-pad'; export default () => x")?.code).toBe(
      'module-unresolved',
    );
    expect(refusal("export { x } from 'left-pad'")?.code).toBe('module-unresolved');
    expect(refusal('export const a = 1')?.code).toBe('export-missing');
  });
});

test('[SU14] the timers and the console of the sandbox are at hand', () => {
  const source = `export default async (n) => {
    console.log(n, performance.now());
    await new Promise((go) => setTimeout(go, 1));
    return atob(btoa(String(n)));
  }`;
  expect(() => checkSource(source, { export: 'default' })).not.toThrow();
});
