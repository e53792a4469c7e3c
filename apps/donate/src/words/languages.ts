/** `en-XA` is English made strange: what still reads plain was never given to a translator. */
export const LANGUAGES = ['en', 'de', 'es', 'zh', 'ar', 'en-XA'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first language that is both wanted and there; English where none is. `en-XA` only if asked for by name. */
export function pickLanguage(
  asked: string | null | undefined,
  preferred: readonly string[],
): Language {
  if (asked?.toLowerCase() === 'en-xa') return 'en-XA';
  for (const wanted of asked ? [asked, ...preferred] : preferred) {
    const base = wanted.toLowerCase().split('-')[0];
    const known = LANGUAGES.find((language) => language === base);
    if (known) return known;
  }
  return 'en';
}
