import { expect, test } from 'vitest';
import { words as ar } from '../embed/words/ar.ts';
import { words as de } from '../embed/words/de.ts';
import { en } from '../embed/words/en.ts';
import { words as es } from '../embed/words/es.ts';
import { words as zh } from '../embed/words/zh.ts';
import { embedSpeaker } from '../embed/words.ts';
import { pickLanguage } from './languages.ts';
import { pseudo } from './pseudo.ts';
import type { Phrase } from './speaker.ts';

const placesOf = (phrase: Phrase) => {
  const forms = typeof phrase === 'string' ? [phrase] : [phrase.other];
  return forms.flatMap((text) => text.match(/\{\w+\}/g) ?? []).sort();
};

test.each(Object.entries({ de, es, zh, ar }))(
  '[UI60] %s says all that English says, with the same places, and every plural form',
  (language, words) => {
    for (const [key, english] of Object.entries<Phrase>(en)) {
      const phrase: Phrase = words[key as keyof typeof en];
      expect(placesOf(phrase), key).toEqual(placesOf(english));
      if (typeof english === 'string') continue;
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      expect(Object.keys(phrase).sort(), key).toEqual([...forms].sort());
    }
  },
);

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
