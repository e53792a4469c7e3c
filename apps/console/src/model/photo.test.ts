import { expect, test } from 'vitest';
import { photoName } from './photo.ts';

test.each([
  ['IMG 2034 (1).JPG', 'IMG-2034-1'],
  ['é/../x.png', 'é-x'],
  ['.png', 'photo'],
  ['a.b.c.webp', 'a-b-c'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('[UI220] a photo %s is called %s on the grid', (file, name) => {
  expect(photoName(file)).toBe(name);
});
