import { expect, test } from 'vitest';
import { parseCompare } from './parse-compare.ts';

test('[UI160] --compare takes bytes, set, a tolerance of numbers, or of pictures', () => {
  expect(parseCompare('equal')).toEqual({ equal: 'equal' });
  expect(parseCompare('bytes')).toBe('bytes');
  expect(parseCompare('set')).toBe('set');
  expect(parseCompare('float:abs=1e-9,rel=1e-6,ulps=4')).toEqual({
    float: { abs: 1e-9, rel: 1e-6, ulps: 4 },
  });
  expect(parseCompare('float:ulps=1')).toEqual({ float: { ulps: 1 } });
  expect(parseCompare('image:psnr=40')).toEqual({ image: { psnr: 40 } });
});

test.each([
  '',
  'exact',
  'float',
  'float:',
  'float:eps=1',
  'float:abs',
  'float:abs=',
  'float:abs=-1',
  'float:abs=1,abs=2',
  'float:abs=1=2',
  'float:ulps=1.5',
  'float:abs=Infinity',
  'image',
  'image:psnr=0',
  'image:psnr=40,abs=1',
  'set:abs=1',
  '__proto__:abs=1',
])('[UI160] --compare refuses %j', (text) => {
  expect(parseCompare(text)).toBeUndefined();
});
