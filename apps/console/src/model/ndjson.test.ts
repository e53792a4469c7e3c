import { expect, test } from 'vitest';
import { parseRows, readInputFile } from './input-file.ts';
import { parseNdjson } from './ndjson.ts';

test('[UI10] NDJSON is one value a line, empty lines aside', () => {
  expect(parseNdjson('\uFEFF1\n\n{"a": [2]}\r\n"x"\n')).toEqual([1, { a: [2] }, 'x']);
});

test('[UI11] what is wrong in NDJSON is told by its line', () => {
  expect(() => parseNdjson('1\n\n{bad}\n')).toThrow(/^Line 3: this is no JSON value/);
});

test('[UI10] the name of a file tells CSV from NDJSON', () => {
  expect(parseRows('A.CSV', 'n\n1\n')).toEqual([{ n: '1' }]);
  expect(parseRows('a.jsonl', '1\n2\n')).toEqual([1, 2]);
});

test('[UI11] a file without a row is refused, and so is one too large to hold', async () => {
  await expect(readInputFile(new File(['\n\n'], 'a.ndjson'))).rejects.toMatchObject({
    code: 'input-empty',
  });
  const large = new File([], 'large.csv');
  Object.defineProperty(large, 'size', { value: 2 ** 31 });
  await expect(readInputFile(large)).rejects.toMatchObject({ code: 'input-invalid' });
});
