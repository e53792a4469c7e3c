import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { paletteEntries } from './palette-entries.ts';

const JOBS = Array.from({ length: 50 }, (_, n) => jobView(n, 1e9, { name: `sweep ${n}` }));

const titles = (typed: string) => paletteEntries(typed, JOBS).map(({ title }) => title);

test('[UI222] the palette finds pages and actions by their words, jobs by a query, files by a path', () => {
  expect(titles('over stream')).toEqual(['Overview: stream']);
  expect(titles('keyboard')).toEqual(['Keyboard shortcuts']);
  expect(titles('sweep 49')).toEqual(['sweep 49']);
  expect(titles('name:sweep -sweep state:running')).toEqual([]);
  expect(paletteEntries('/in/a b', JOBS)).toEqual([
    { group: 'Files', title: '/in/a b', hint: 'open', to: { href: '#/files/in/a%20b' } },
  ]);
});

test('[UI222] of many jobs the newest few are offered', () => {
  const jobs = paletteEntries('', JOBS).filter(({ group }) => group === 'Jobs');
  expect(jobs.length).toBe(20);
  expect(jobs[0]?.title).toBe('sweep 0');
});
