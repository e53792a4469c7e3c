import { GridError } from '@manytabs/protocol';
import { expect, test, vi } from 'vitest';
import { fakeFiles } from '../fixture/fake-files.ts';
import { Uploads } from './uploads.ts';

const OPTIONS = { durability: 'durable', replicas: undefined } as const;
const blob = () => new Blob(['abc']);

test('[UI29] files are put a few at once; one that fails names why and stops no other', async () => {
  const files = fakeFiles();
  const real = files.put;
  vi.spyOn(files, 'put').mockImplementation((path, source, options) => {
    if (path === '/bad') throw new GridError('path-taken', 'There is a folder.');
    return real.call(files, path, source, options);
  });
  const uploads = new Uploads(files);
  const paths = ['/1', '/bad', '/2', '/3', '/4'];
  uploads.add(
    paths.map((path) => ({ path, file: blob() })),
    OPTIONS,
  );
  expect(uploads.get().filter(({ state }) => state === 'running').length).toBeLessThanOrEqual(3);
  await vi.waitFor(() =>
    expect(uploads.get().every((u) => u.state !== 'running' && u.state !== 'waiting')).toBe(true),
  );
  expect(uploads.get().map(({ state }) => state)).toEqual([
    'done',
    'failed',
    'done',
    'done',
    'done',
  ]);
  expect(uploads.get()[1]?.error?.code).toBe('path-taken');
  uploads.forgetEnded();
  expect(uploads.get()).toEqual([]);
});

test('[UI29] cancelling ends those under way and those that wait', async () => {
  const uploads = new Uploads({
    put: (_path, _source, options) =>
      new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () =>
          reject(new GridError('aborted', 'Aborted.')),
        );
      }),
  });
  uploads.add(
    Array.from({ length: 5 }, (_, n) => ({ path: `/${n}`, file: blob() })),
    OPTIONS,
  );
  uploads.cancelAll();
  await vi.waitFor(() =>
    expect(uploads.get().every(({ state }) => state === 'cancelled')).toBe(true),
  );
});
