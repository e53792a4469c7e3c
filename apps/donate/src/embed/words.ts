import type { Language } from '../words/languages.ts';
import { pseudo } from '../words/pseudo.ts';
import { Speaker } from '../words/speaker.ts';
import { type EmbedKey, type EmbedWords, en } from './words/en.ts';

const LOADERS: Readonly<Record<Language, () => Promise<EmbedWords>>> = {
  en: async () => en,
  de: async () => (await import('./words/de.ts')).words,
  es: async () => (await import('./words/es.ts')).words,
  zh: async () => (await import('./words/zh.ts')).words,
  ar: async () => (await import('./words/ar.ts')).words,
  'en-XA': async () => pseudo(en),
};

/** The widget's texts; a language that cannot be fetched is English. */
export async function embedSpeaker(language: Language): Promise<Speaker<EmbedKey>> {
  try {
    return new Speaker(language, await LOADERS[language]());
  } catch {
    return new Speaker('en', en);
  }
}
