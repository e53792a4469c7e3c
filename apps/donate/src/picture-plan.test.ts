import { expect, test } from 'vitest';
import { CANVAS_SIDE_MAX, canvasSize, FIELD, fieldSquare, isDrawable } from './picture-plan.ts';

test('[UI48] a canvas keeps the shape of the picture and stays small', () => {
  expect(canvasSize({ width: 640, height: 480 })).toEqual({ width: 640, height: 480, scale: 1 });
  expect(canvasSize({ width: 4096, height: 2048 })).toMatchObject({ width: 1024, height: 512 });
  expect(canvasSize({ width: 16_384, height: 1 })).toMatchObject({
    width: CANVAS_SIDE_MAX,
    height: 1,
  });
});

test.each([
  [{ width: 2, height: 2, rgba: new Uint8Array(16) }, true],
  [{ width: 2, height: 2, rgba: new Uint8Array(15) }, false],
  [{ width: 0, height: 2, rgba: new Uint8Array(0) }, false],
  [{ width: 1.5, height: 2, rgba: new Uint8Array(12) }, false],
  [{ width: -1, height: -1, rgba: new Uint8Array(4) }, false],
  [{ width: 2 ** 20, height: 1, rgba: { length: 2 ** 22 } }, false],
])('[UI48] pixels are drawn only where they are what they claim: %o', (image, drawable) => {
  expect(isDrawable(image)).toBe(drawable);
});

test('[UI48] each round of tasks lights every square of the field once', () => {
  const squares = FIELD.columns * FIELD.rows;
  const round = (first: number) =>
    Array.from({ length: squares }, (_, i) => {
      const { column, row } = fieldSquare(first + i);
      return row * FIELD.columns + column;
    });
  const all = Array.from({ length: squares }, (_, i) => i);
  expect(round(0).toSorted((a, b) => a - b)).toEqual(all);
  expect(round(7 * squares).toSorted((a, b) => a - b)).toEqual(all);
});
