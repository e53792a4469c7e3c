import { expect, test } from 'vitest';
import { ShortcutReader } from './shortcuts.ts';

test('[UI8] single keys and pairs are shortcuts; a wrong second key ends the pair', () => {
  const reader = new ShortcutReader();
  expect(reader.press('n')).toBe('new');
  expect(reader.press('g')).toBeUndefined();
  expect(reader.press('n')).toBe('nodes');
  expect(reader.press('g')).toBeUndefined();
  expect(reader.press('x')).toBeUndefined();
  expect(reader.press('?')).toBe('keys');
});
