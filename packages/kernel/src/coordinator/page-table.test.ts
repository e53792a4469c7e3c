import { describe, expect, test } from 'vitest';
import { PAGE_TASKS } from './page.ts';
import { PageTable } from './page-table.ts';

describe('[CO1] pages', () => {
  test('know every task that was decided', () => {
    const pages = new PageTable();
    pages.touch(10).decide(10, 20, 'final');
    pages.touch(10).decide(20, 21, 'failed');
    expect([9, 10, 19, 20, 21, 1e9].map((index) => pages.stateOf(index))).toEqual([
      'open',
      'final',
      'final',
      'failed',
      'open',
      'open',
    ]);
  });

  test('let no task be decided twice', () => {
    const pages = new PageTable();
    pages.touch(0).decide(5, 9, 'final');
    expect(() => pages.touch(0).decide(8, 10, 'failed')).toThrow('a task is decided once');
    expect(() => pages.touch(0).decide(0, PAGE_TASKS, 'final')).toThrow('a task is decided once');
  });

  test('cost nothing once everything in them is final, in whatever order', () => {
    const pages = new PageTable();
    for (const number of [2, 0, 1]) {
      const page = pages.touch(number * PAGE_TASKS);
      page.decide(page.from, page.from + PAGE_TASKS, 'final');
      pages.settle(page);
    }
    expect([...pages.open]).toEqual([]);
    expect(pages.stateOf(3 * PAGE_TASKS - 1)).toBe('final');
    expect(pages.stateOf(3 * PAGE_TASKS)).toBe('open');
    expect(() => pages.touch(0)).toThrow('a settled page stays settled');
  });

  test('remember failures when they are settled', () => {
    const pages = new PageTable();
    const page = pages.touch(0);
    page.decide(0, 100, 'failed');
    page.decide(100, PAGE_TASKS, 'final');
    pages.settle(page);
    expect([99, 100].map((index) => pages.stateOf(index))).toEqual(['failed', 'final']);
  });
});
