import { expect, test } from 'vitest';
import { loadManytabs } from './index.ts';
import { readFrameMessage } from './messages.ts';

test('[EM16] the loader believes well-made messages of its frame alone', () => {
  const status = { manytabs: 1, type: 'status', state: 'waiting', reason: 'battery', tasksDone: 3 };
  expect(readFrameMessage(status)).toEqual(status);
  const error = { manytabs: 1, type: 'error', code: 'x', message: 'y', retryable: true };
  expect(readFrameMessage(error)).toEqual(error);
  const forged = [
    null,
    'status',
    { ...status, manytabs: 2 },
    { ...status, state: 'mining' },
    { ...status, tasksDone: 1e99 },
    { ...status, reason: 'x'.repeat(501) },
    { ...error, message: 7 },
  ];
  expect(forged.map(readFrameMessage)).toEqual(forged.map(() => undefined));
});

test('[EM09] on a server the npm loader is null and touches nothing', async () => {
  expect(await loadManytabs('https://grid.example')).toBeNull();
});
