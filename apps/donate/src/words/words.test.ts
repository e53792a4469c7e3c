import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { words as ar } from '../embed/words/ar.ts';
import { words as de } from '../embed/words/de.ts';
import { en } from '../embed/words/en.ts';
import { words as es } from '../embed/words/es.ts';
import { words as zh } from '../embed/words/zh.ts';
import { embedSpeaker } from '../embed/words.ts';
import { pickLanguage } from './languages.ts';
import { words as pageAr } from './page/ar.ts';
import { words as pageDe } from './page/de.ts';
import { en as pageEn } from './page/en.ts';
import { words as pageEs } from './page/es.ts';
import { words as pageZh } from './page/zh.ts';
import { pseudo } from './pseudo.ts';
import type { Phrase } from './speaker.ts';

const html = readFileSync(new URL('../../index.html', import.meta.url), 'utf8');

const placesOf = (phrase: Phrase) => {
  const forms = typeof phrase === 'string' ? [phrase] : [phrase.other];
  return forms.flatMap((text) => text.match(/\{\w+\}/g) ?? []).sort();
};

const TABLES = [
  ['de', en, de],
  ['es', en, es],
  ['zh', en, zh],
  ['ar', en, ar],
  ['de', pageEn, pageDe],
  ['es', pageEn, pageEs],
  ['zh', pageEn, pageZh],
  ['ar', pageEn, pageAr],
] as const;

test.each(TABLES)(
  '[UI60] %s says all that English says, with the same places, and every plural form',
  (language, english, words) => {
    const said: Readonly<Record<string, Phrase>> = words;
    for (const [key, phrase] of Object.entries<Phrase>(english)) {
      const other = said[key] ?? '';
      expect(placesOf(other), key).toEqual(placesOf(phrase));
      if (typeof phrase === 'string') continue;
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      expect(Object.keys(other).sort(), key).toEqual([...forms].sort());
    }
  },
);

test('[UI60] what the page says without script is what its script says in English', () => {
  const texts = [...html.matchAll(/data-say="([^"]+)"[^>]*>([^<]*)</g)];
  expect(texts.length).toBeGreaterThan(60);
  for (const [, key = '', text = ''] of texts) {
    const phrase = Object.entries<Phrase>(pageEn).find(([name]) => name === key)?.[1];
    expect(text.replace(/\s+/g, ' ').trim(), key).toBe(phrase);
  }
});

test('[UI60] numbers and plurals are the language’s own', async () => {
  const say = async (language: 'en' | 'de' | 'ar', count: number) =>
    (await embedSpeaker(language)).say('computing.detail', { count });
  expect(await say('en', 1)).toBe('1 task done');
  expect(await say('de', 12_345)).toBe('12.345 Aufgaben erledigt');
  expect(await say('ar', 2)).toBe('أُنجزت مهمتان');
});

test('[UI61] the pseudo-locale is longer, in brackets, and keeps the places', () => {
  for (const [key, phrase] of Object.entries<Phrase>(pseudo(en))) {
    const english: Phrase = en[key as keyof typeof en];
    expect(placesOf(phrase)).toEqual(placesOf(english));
    const text = typeof phrase === 'string' ? phrase : phrase.other;
    expect(text).toMatch(/^\[.*~+\]$/);
  }
});

test('[UI60] the language is the one asked for, else the browser’s, else English', () => {
  expect(pickLanguage('de-AT', ['es'])).toBe('de');
  expect(pickLanguage('tlh', ['fr', 'zh-CN'])).toBe('zh');
  expect(pickLanguage(null, ['fr'])).toBe('en');
  expect(pickLanguage('en-XA', [])).toBe('en-XA');
});
