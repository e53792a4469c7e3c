/** A text with `{name}` places, or one for each plural form of `{count}`. */
export type Phrase =
  | string
  | (Partial<Readonly<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });

export type Words<Key extends string> = Readonly<Record<Key, Phrase>>;

export type Params = Readonly<Record<string, string | number>>;

/** Says things in one language. Numbers and plurals are the browser's own. */
export class Speaker<Key extends string> {
  readonly language: string;
  readonly #words: Words<Key>;
  readonly #plurals: Intl.PluralRules;
  readonly #numbers: Intl.NumberFormat;

  constructor(language: string, words: Words<Key>) {
    this.language = language;
    this.#words = words;
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
  }

  get direction(): 'ltr' | 'rtl' {
    return this.language === 'ar' ? 'rtl' : 'ltr';
  }

  say(key: Key, params: Params = {}): string {
    const phrase = this.#words[key];
    const text = typeof phrase === 'string' ? phrase : this.#plural(phrase, params.count);
    return text.replace(/\{(\w+)\}/g, (place, name: string) => this.#fill(params[name], place));
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return options
      ? new Intl.NumberFormat(this.language, options).format(value)
      : this.#numbers.format(value);
  }

  #plural(phrase: Exclude<Phrase, string>, count: unknown): string {
    return phrase[this.#plurals.select(Number(count ?? 0))] ?? phrase.other;
  }

  #fill(value: string | number | undefined, place: string): string {
    if (value === undefined) return place;
    return typeof value === 'number' ? this.#numbers.format(value) : value;
  }
}
