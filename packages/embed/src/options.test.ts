import { expect, test } from 'vitest';
import { frameAddress, readWidgetOptions } from './options.ts';

const read = (attributes: Record<string, string>) =>
  readWidgetOptions((name) => attributes[name] ?? null);

test('[EM15] what a page says is taken where it is understood, and named where it is not', () => {
  const { options, ignored } = read({
    sitekey: 'mt_abc',
    theme: 'dark',
    lang: 'zh-Hans',
    size: 'huge',
    power: 'full',
    'consent-hours': '1e9',
    place: 'corner',
  });
  expect(options).toMatchObject({ sitekey: 'mt_abc', theme: 'dark', lang: 'zh-Hans' });
  expect(options).toMatchObject({ size: undefined, power: undefined, consentHours: undefined });
  expect(ignored).toEqual(['size', 'power', 'consent-hours']);
});

test('[EM15] a key that is none is no key', () => {
  expect(read({ sitekey: 'a"><script>' }).options.sitekey).toBe('');
  expect(read({}).options.sitekey).toBe('');
});

test('[EM15] the address of the frame says what was asked for and no more', () => {
  const { options } = read({ sitekey: 'mt_abc', 'consent-hours': '48' });
  expect(frameAddress('https://grid.example/', options)).toBe(
    'https://grid.example/embed.html?sitekey=mt_abc&hours=48',
  );
});
