import type { Phrase, Words } from './speaker.ts';

const STRANGE: Readonly<Record<string, string>> = {
  a: 'å',
  e: 'é',
  i: 'î',
  o: 'ö',
  u: 'ü',
  y: 'ý',
  n: 'ñ',
  s: 'š',
  c: 'ç',
  A: 'Å',
  E: 'É',
  I: 'Î',
  O: 'Ö',
  U: 'Û',
  N: 'Ñ',
  S: 'Š',
  C: 'Ç',
};

/** English with strange letters, a third longer, in brackets: cut-off and forgotten texts show at a glance. */
export function pseudo<Key extends string>(words: Words<Key>): Words<Key> {
  const entries = Object.entries<Phrase>(words).map(([key, phrase]) => [key, strange(phrase)]);
  return Object.fromEntries(entries) as Words<Key>;
}

function strange(phrase: Phrase): Phrase {
  if (typeof phrase === 'string') return strangeText(phrase);
  const forms = Object.entries(phrase).map(([form, text]) => [form, strangeText(text)]);
  return Object.fromEntries(forms) as Phrase;
}

function strangeText(text: string): string {
  const letters = text.replace(/\{\w+\}|[a-z]/gi, (part) => STRANGE[part] ?? part);
  return `[${letters}${'~'.repeat(Math.ceil(text.length / 3))}]`;
}
