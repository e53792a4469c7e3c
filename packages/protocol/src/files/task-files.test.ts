import { describe, expect, test } from 'vitest';
import { encodeValue } from '../codec/value.ts';
import { mayHaveFiles, outputPath, unwrapOutput, wrapOutput } from './task-files.ts';

const bytes = new Uint8Array([1, 2, 3]);

describe('what a task wrote', () => {
  test('[FI30] travels with its value, in an order of its own, and comes off again', () => {
    const files = [
      { path: 'b.bin', bytes },
      { path: 'a/b.bin', bytes },
    ];
    const output = wrapOutput({ n: 1 }, files);
    expect(unwrapOutput(output)).toEqual({ value: { n: 1 }, files: files.toReversed() });
    expect(encodeValue(output)).toEqual(encodeValue(wrapOutput({ n: 1 }, files.toReversed())));
    expect(mayHaveFiles(encodeValue(output))).toBe(true);
    expect(mayHaveFiles(encodeValue([1, 'files', bytes]))).toBe(false);
  });

  test('[FI30] a value that looks like it is still a value', () => {
    const sly = wrapOutput(undefined, [{ path: 'a', bytes }]);
    expect(unwrapOutput(wrapOutput(sly, []))).toEqual({ value: sly, files: [] });
    expect(unwrapOutput(7)).toEqual({ value: 7, files: [] });
  });

  test('[FI30] a name that leads elsewhere is no name', () => {
    expect(outputPath('/job/out/a.png')).toBe('a.png');
    expect(outputPath('sub/a.png')).toBe('sub/a.png');
    for (const path of ['../a', '', '/', 'a/../b', 'a\0']) {
      expect(() => outputPath(path)).toThrow(expect.objectContaining({ code: 'path-invalid' }));
    }
    const forged = { '\u0001files': [['../../in/a', bytes], ['ok', bytes], 7], value: 1 };
    expect(unwrapOutput(forged).files).toEqual([{ path: 'ok', bytes }]);
  });
});
