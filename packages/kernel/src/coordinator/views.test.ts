import { describe, expect, test } from 'vitest';
import { Progress } from './progress.ts';
import { QUORUM_2, TestGrid, testJobId, testSpec } from './test-grid.ts';

describe('progress', () => {
  test('[CO11] has a rate of the last half minute', () => {
    const progress = new Progress(0);
    for (let second = 0; second < 120; second++)
      progress.add(second * 1_000, second < 90 ? 1 : 100);
    expect(progress.tasksPerSecond(120_000)).toBeGreaterThan(95);
    expect(progress.tasksPerSecond(120_000)).toBeLessThan(105);
    expect(progress.tasksPerSecond(300_000)).toBe(0);
  });

  test('[CO11] knows no end before ten results, then a range that the truth lies in', () => {
    const progress = new Progress(0);
    for (let i = 0; i < 9; i++) progress.add(i * 100, 1);
    expect(progress.etaMs(900, 100)).toBeUndefined();
    for (let i = 9; i < 200; i++) progress.add(i * 100, 1 + (i % 3));
    const [best, worst] = progress.etaMs(20_000, 2_000) ?? [0, 0];
    expect(best).toBeLessThanOrEqual(100_000);
    expect(worst).toBeGreaterThanOrEqual(100_000);
    expect(worst).toBeLessThan(4 * best + 1);
  });

  test('[CO11] of a job of long tasks is measured since its start', () => {
    const progress = new Progress(0);
    for (let minute = 1; minute <= 20; minute++) progress.add(minute * 60_000, 1);
    const [best, worst] = progress.etaMs(20 * 60_000, 10) ?? [0, 0];
    expect(best).toBeLessThanOrEqual(600_000);
    expect(worst).toBeGreaterThanOrEqual(600_000);
  });

  test('[CO11] counts every task once', () => {
    const grid = new TestGrid();
    grid.join(1);
    grid.submit(1, testSpec({ tasks: 100, quorum: QUORUM_2 }));
    for (let i = 0; i < 20; i++) {
      const { total, waiting, running, provisional, final, failed } = grid.view().tasks;
      expect(waiting + running + provisional + final + failed).toBe(total);
      const [held] = grid.held.values();
      if (held) grid.report(held);
    }
  });
});

test('[CO12] the story of a task names who had it, what came of it, and why', () => {
  const grid = new TestGrid();
  const first = grid.join(1).session;
  grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_2 }));
  const second = grid.join(2).session;
  grid.leave(first);
  grid.report(grid.first(second));
  grid.join(3);
  grid.run();
  const texts = grid.machine
    .story(testJobId(1), 0)
    .map(({ text }) => text.replace(/v[a-j]{26}/g, 'V'));
  expect(texts.map((text) => text.split(',')[0]?.replace(/lease \d+/, 'lease N'))).toEqual([
    'given to V under lease N',
    'given to V under lease N',
    'the copy of V under lease N is gone: closed',
    'V reported a result under lease N',
    'given to V under lease N',
    'V reported a result under lease N',
    'final: 2 results agree',
  ]);
  expect(grid.machine.story(testJobId(1), 1)).toEqual([]);
});

describe('[CO13] an explanation says', () => {
  const sentences = (grid: TestGrid) =>
    grid.machine.explain(testJobId(1))?.sentences.join(' ') ?? 'nothing';

  test('that nobody is here', () => {
    const grid = new TestGrid();
    grid.submit(1);
    expect(sentences(grid)).toContain('No volunteer is here');
  });

  test('that there are too few for the votes', () => {
    const grid = new TestGrid();
    grid.join(1);
    grid.submit(1, testSpec({ quorum: QUORUM_2 }));
    expect(sentences(grid)).toContain(
      'Each task needs results of 2 volunteers and only 1 take work.',
    );
  });

  test('that it is paused, or has ended', () => {
    const grid = new TestGrid();
    grid.submit(1);
    grid.control(1, 'pause');
    expect(sentences(grid)).toContain('It is paused: asked.');
    grid.control(1, 'cancel');
    expect(sentences(grid)).toBe('It has ended: asked.');
    expect(grid.machine.explain(testJobId(9))).toBeUndefined();
  });
});
