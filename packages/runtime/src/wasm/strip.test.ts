import { expect, test } from 'vitest';
import { withoutDebug } from './strip.ts';

const HEAD = [0, 97, 115, 109, 1, 0, 0, 0];
const TYPES = [1, 4, 1, 96, 0, 0];

function custom(name: string, ...content: readonly number[]): number[] {
  const text = [...new TextEncoder().encode(name)];
  const body = [text.length, ...text, ...content];
  return [0, body.length, ...body];
}

test('[RU67] what is for debuggers is left out of a module, and nothing else', () => {
  const debug = [...custom('.debug_info', 1, 2, 3), ...custom('sourceMappingURL', 9)];
  const kept = [...TYPES, ...custom('name', 7), ...custom('producers', 8)];
  const stripped = withoutDebug(Uint8Array.from([...HEAD, ...debug, ...kept, ...debug]));
  expect([...stripped]).toEqual([...HEAD, ...kept]);
});

test('[RU67] a module without it stays the very same', () => {
  const bytes = Uint8Array.from([...HEAD, ...TYPES]);
  expect(withoutDebug(bytes)).toBe(bytes);
  expect(withoutDebug(new Uint8Array())).toHaveLength(0);
});

test.each([[[...HEAD, 0, 200]], [[...HEAD, 0, 3, 90, 1, 1]], [[...HEAD, 1]]])(
  '[RU67] a broken module is refused, not read beyond its end',
  (bytes) => {
    expect(() => withoutDebug(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'wasm-invalid' }),
    );
  },
);
