import { ERRORS, type ErrorCode, type SiteUse } from '@manytabs/protocol';
import { countText, durationText } from './duration.ts';

export interface SiteError {
  readonly code: string;
  readonly count: number;
  /** What helps. */
  readonly next: string;
}

/** What a site's owner wants to know of a key, in words. */
export interface SiteUseText {
  readonly shown: string;
  readonly consent: string;
  readonly given: string;
  readonly failed: string;
  readonly errors: readonly SiteError[];
}

/** Fewer times are no rate: one visitor more would change it by five points. */
const RATE_FROM = 20;

export function siteUseText(use: SiteUse | undefined): SiteUseText {
  const { shown = 0, allowed = 0, busyMs = 0, failed = 0, refused = {} } = use ?? {};
  return {
    shown: countText(shown),
    consent: consentText(shown, allowed),
    given: busyMs === 0 ? 'none yet' : `${durationText(busyMs)} of one core`,
    failed: countText(failed),
    errors: Object.entries(refused)
      .map(([code, count]) => ({ code, count, next: ERRORS[code as ErrorCode] ?? '' }))
      .sort((a, b) => b.count - a.count),
  };
}

function consentText(shown: number, allowed: number): string {
  if (shown < RATE_FROM) return countText(allowed);
  const percent = Math.min(100, (allowed / shown) * 100);
  return `${countText(allowed)} (${percent.toFixed(percent < 10 ? 1 : 0)} %)`;
}

/** The two lines that a site's page needs. */
export function widgetMarkup(grid: string, key: string): string {
  const script = new URL('/sdk/v1.js', grid).href;
  return `<script async src="${script}"></script>\n<div class="manytabs-widget" data-sitekey="${key}"></div>`;
}
