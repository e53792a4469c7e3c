/** What a site may say of its widget; everything else is decided in the grid's own frame. */
export interface WidgetOptions {
  /** The public key of the site, from `manytabs token create --scope embed --origin URL`. */
  readonly sitekey: string;
  readonly theme?: 'auto' | 'light' | 'dark' | undefined;
  /** A language tag such as `de`; the visitor's own unless said. */
  readonly lang?: string | undefined;
  readonly size?: 'normal' | 'compact' | undefined;
  /** `balanced`, unless said, is a quarter of the cores at half duty; `quiet` half of that. */
  readonly power?: 'quiet' | 'balanced' | undefined;
  /** Hours a visitor's consent lasts on this site: 1 to 720, 24 unless said. */
  readonly consentHours?: number | undefined;
  /** `corner` keeps the widget in sight at the window's corner, so that it need not pause when the page scrolls. */
  readonly place?: 'inline' | 'corner' | undefined;
}

export interface ReadOptions {
  readonly options: WidgetOptions;
  /** Names of options whose value was not understood and is ignored. */
  readonly ignored: readonly string[];
}

export const CONSENT_HOURS_MAX = 720;

const THEMES = ['auto', 'light', 'dark'] as const;
const SIZES = ['normal', 'compact'] as const;
const POWERS = ['quiet', 'balanced'] as const;
const PLACES = ['inline', 'corner'] as const;

/** Options as markup or a script gives them: `read` answers with an attribute's text, or null. */
export function readWidgetOptions(read: (name: string) => string | null): ReadOptions {
  const ignored: string[] = [];
  const take = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = read(name);
    if (text === null || text === '') return undefined;
    const value = parse(text);
    if (value === undefined) ignored.push(name);
    return value;
  };
  const options: WidgetOptions = {
    sitekey: take('sitekey', keyOf) ?? '',
    theme: take('theme', oneOf(THEMES)),
    lang: take('lang', languageOf),
    size: take('size', oneOf(SIZES)),
    power: take('power', oneOf(POWERS)),
    consentHours: take('consent-hours', hoursOf),
    place: take('place', oneOf(PLACES)),
  };
  return { options, ignored };
}

/** The frame's address: the public key and the look, no more. */
export function frameAddress(grid: string, options: WidgetOptions): string {
  const address = new URL('embed.html', grid);
  const { sitekey, theme, lang, size, power, consentHours } = options;
  const said = { sitekey, theme, lang, size, power, hours: consentHours };
  for (const [name, value] of Object.entries(said)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address.href;
}

function oneOf<T extends string>(known: readonly T[]): (text: string) => T | undefined {
  return (text) => known.find((each) => each === text);
}

function keyOf(text: string): string | undefined {
  return /^[\w.~-]{1,200}$/.test(text) ? text : undefined;
}

function languageOf(text: string): string | undefined {
  return /^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,3}$/.test(text) ? text : undefined;
}

function hoursOf(text: string): number | undefined {
  const hours = Number(text);
  return hours >= 1 && hours <= CONSENT_HOURS_MAX ? hours : undefined;
}
