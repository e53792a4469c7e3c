import { HOURS_MAX } from './consent-book.ts';
import type { WidgetPower } from './plan.ts';

/** What the address of the frame asks for. All of it is the site's wish; the limits are ours. */
export interface EmbedOptions {
  readonly sitekey: string;
  readonly theme: 'auto' | 'light' | 'dark';
  readonly lang: string | undefined;
  readonly size: 'normal' | 'compact';
  readonly power: WidgetPower;
  readonly hours: number;
  /** Why the grid does not serve this site; nothing runs then. */
  readonly refused: string | undefined;
}

const HOURS = 24;

export function readEmbedOptions(query: string): EmbedOptions {
  const asked = new URLSearchParams(query.slice(0, 2048));
  const sitekey = asked.get('sitekey') ?? '';
  const theme = asked.get('theme');
  const refused = asked.get('refused') ?? undefined;
  const hours = Number(asked.get('hours') ?? HOURS);
  return {
    sitekey: /^[\w.~-]{1,200}$/.test(sitekey) ? sitekey : '',
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    lang: asked.get('lang') ?? undefined,
    size: asked.get('size') === 'compact' ? 'compact' : 'normal',
    power: asked.get('power') === 'quiet' ? 'quiet' : 'balanced',
    refused: refused !== undefined && /^[a-z-]{1,40}$/.test(refused) ? refused : undefined,
    hours: hours >= 1 && hours <= HOURS_MAX ? hours : HOURS,
  };
}
