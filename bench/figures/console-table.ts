import type { Page } from 'playwright-core';

// What a person does to a long table of the console, in ms until it is painted.

/** Types into the page's filter until other rows are there. */
export function typeQuery(page: Page, table: string, text: string): Promise<number> {
  return page.evaluate(
    async ([selector, query]) => {
      const input = document.querySelector<HTMLInputElement>('input[data-filter]');
      const rows = () => document.querySelector(selector)?.getAttribute('aria-rowcount');
      const before = rows();
      const began = performance.now();
      // React listens to what is set past its own property.
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value') ?? {};
      set?.call(input, query);
      input?.dispatchEvent(new Event('input', { bubbles: true }));
      do await new Promise((frame) => requestAnimationFrame(frame));
      while (rows() === before);
      await new Promise((frame) => requestAnimationFrame(frame));
      return performance.now() - began;
    },
    [table, text] as const,
  );
}

/** Turns the wheel until other rows are there; `top` in pixels. */
export function scrollTo(page: Page, table: string, top: number): Promise<number> {
  return page.evaluate(
    async ([selector, to]) => {
      const list = document.querySelector(selector);
      const first = () => list?.querySelector('.virtual-row')?.getAttribute('aria-rowindex');
      const before = first();
      const began = performance.now();
      list?.scrollTo(0, to);
      do await new Promise((frame) => requestAnimationFrame(frame));
      while (first() === before);
      await new Promise((frame) => requestAnimationFrame(frame));
      return performance.now() - began;
    },
    [table, top] as const,
  );
}
