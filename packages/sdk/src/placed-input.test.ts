import { FILE_MARK, type ShardId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { wasi } from './client/modules.ts';
import { preparedFor } from './client/prepared-inputs.ts';
import { PlacedInput } from './placed-input.ts';

test('[FI31] what wasi() makes of a file keeps it a file, and sees no more than the task', () => {
  const near = ['s' as ShardId];
  const row = { path: '/in/a', bytes: 1, [FILE_MARK]: { ids: new Uint8Array(32) } };
  const seen: unknown[] = [];
  const task = wasi<unknown>(new Uint8Array(1), {
    args: (input) => {
      seen.push(input);
      return ['-q'];
    },
  });
  const made = [...(preparedFor(task, [new PlacedInput(row, near)]) as Iterable<unknown>)];
  expect(made).toEqual([new PlacedInput({ ...row, args: ['-q'] }, near)]);
  expect(seen).toEqual([{ path: '/in/a', bytes: 1 }]);
});
