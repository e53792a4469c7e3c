import { expect, test } from 'vitest';
import { siteUseText, widgetMarkup } from './site-use.ts';

const USE = { shown: 200, allowed: 9, busyMs: 7_200_000, failed: 3, refused: {}, lastAt: 1 };

test('[UI281] consent is a rate only where there were enough to tell one', () => {
  expect(siteUseText(USE).consent).toBe('9 (4.5 %)');
  expect(siteUseText({ ...USE, shown: 19 }).consent).toBe('9');
  // Those who had allowed it on a page that was shown before it was counted.
  expect(siteUseText({ ...USE, shown: 20, allowed: 25 }).consent).toBe('25 (100 %)');
});

test('[UI281] what was refused is told most often first, with what helps', () => {
  const { errors } = siteUseText({ ...USE, refused: { 'token-expired': 1, 'origin-refused': 7 } });
  expect(errors.map(({ code, count }) => [code, count])).toEqual([
    ['origin-refused', 7],
    ['token-expired', 1],
  ]);
  expect(errors[0]?.next).toContain('allow the site');
});

test('[UI281] a key that was never used says so', () => {
  const { shown, consent, given, errors } = siteUseText(undefined);
  expect({ shown, consent, given, errors }).toEqual({
    ...{ shown: '0', consent: '0', given: 'none yet' },
    errors: [],
  });
});

test('[UI282] the markup is the grid’s own loader and the key', () => {
  expect(widgetMarkup('https://grid.example/console/#/sites', 'mk_a')).toBe(
    '<script async src="https://grid.example/sdk/v1.js"></script>\n<div class="manytabs-widget" data-sitekey="mk_a"></div>',
  );
});
