import { LANGUAGES, type Language } from './languages.ts';
import { en, type PageKey, type PageWords } from './page/en.ts';
import { pseudo } from './pseudo.ts';
import { type Params, Speaker } from './speaker.ts';

const LOADERS: Readonly<Record<Language, () => Promise<PageWords>>> = {
  en: async () => en,
  de: async () => (await import('./page/de.ts')).words,
  es: async () => (await import('./page/es.ts')).words,
  zh: async () => (await import('./page/zh.ts')).words,
  ar: async () => (await import('./page/ar.ts')).words,
  'en-XA': async () => pseudo(en),
};

let speaker = new Speaker<PageKey>('en', en);

/** Says something in the page's language. */
export function say(key: PageKey, params?: Params): string {
  return speaker.say(key, params);
}

export function pageLanguage(): string {
  return speaker.language;
}

/** The page speaks this from now on; a language that cannot be fetched leaves it as it is. */
export async function speak(language: Language): Promise<void> {
  try {
    speaker = new Speaker(language, await LOADERS[language]());
  } catch {
    return;
  }
  translate(document);
}

/** Elements name their text: `data-say="key"`. The page is English without any of this. */
function translate(page: Document): void {
  page.documentElement.lang = speaker.language;
  page.documentElement.dir = speaker.direction;
  for (const element of page.querySelectorAll<HTMLElement>('[data-say]')) {
    element.textContent = speaker.say(element.dataset.say as PageKey);
  }
}

/** Their own names, by which people find theirs. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  zh: '中文',
  ar: 'العربية',
  'en-XA': 'Pseudo',
};

export const OFFERED = LANGUAGES.filter((language) => language !== 'en-XA');
