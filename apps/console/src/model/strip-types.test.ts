import type { GridError } from '@manytabs/protocol';
import { checkSource } from 'manytabs';
import { expect, test } from 'vitest';
import { errorLine } from './free-names.ts';
import { EMPTY_DRAFT } from './job-form.ts';
import { withoutTypes } from './strip-types.ts';

const SOURCE = `interface Input {
  readonly n: number;
}

enum Sign { Plus = 1, Minus = -1 }

export default function main({ n }: Input, ctx?: unknown): number {
  const by = <T,>(value: T): T => value;
  return by(n as number) * Sign.Plus;
}
`;

const stripped = (source: string) => withoutTypes({ ...EMPTY_DRAFT, language: 'ts', source });

test('[UI228] TypeScript becomes a JavaScript module that keeps its lines', async () => {
  const { language, source } = await stripped(SOURCE);
  expect(language).toBe('js');
  expect(() => checkSource(source, { export: 'default' })).not.toThrow();
  expect(source.split('\n')[6]).toMatch(/^export default function main/);
});

test('[UI228] what is no TypeScript is told by its line; JavaScript stays as it is', async () => {
  const refusal = await stripped('export default (n: number) => {\n  return n +;\n};').catch(
    (thrown: GridError) => thrown,
  );
  expect(errorLine(refusal as GridError)).toBe(2);
  expect(await withoutTypes(EMPTY_DRAFT)).toBe(EMPTY_DRAFT);
});
