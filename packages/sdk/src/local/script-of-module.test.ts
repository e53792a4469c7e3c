import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { scriptOfModule } from './script-of-module.ts';

async function exportsOf(source: string): Promise<Record<string, unknown>> {
  const script = new TextDecoder().decode(scriptOfModule(new TextEncoder().encode(source)));
  const exports: Record<string, unknown> = {};
  await new Script(script).runInThisContext()(exports);
  return exports;
}

test('[RU90] every form of export is one in a thread of Node', async () => {
  const forms = await exportsOf(`
    const a = 1;
    let b = 2
    export { a, b as two };
    export const c = 3, d = 4;
    export function e() { return 5; }
    export class F {}
    export default function g() { return e(); }`);
  expect(Object.keys(forms).sort()).toEqual(['F', 'a', 'c', 'd', 'default', 'e', 'two']);
  expect((forms.default as () => number)()).toBe(5);
  const anonymous = await exportsOf('export default ((n) => n + 1);\n');
  expect((anonymous.default as (n: number) => number)(1)).toBe(2);
  const named = await exportsOf('export default function (n) { return n * 2 }\n[1].map(String)');
  expect((named.default as (n: number) => number)(4)).toBe(8);
});

test('[RU90] what a script would import is refused', async () => {
  const { default: task } = await exportsOf("export default () => import('node:fs')");
  await expect((task as () => Promise<unknown>)()).rejects.toThrow(/import/i);
});
