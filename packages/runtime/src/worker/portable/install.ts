import type { Determinism } from '@manytabs/protocol';
import { portableDate } from './date.ts';
import { installNoLocale } from './locale.ts';
import { installMath, type Libm } from './math.ts';

/** Where the clock of a `strict-js` task stands: 2000-01-01T00:00:00Z. */
export const STILL_TIME = 946_684_800_000;

export interface PortableParts {
  /** Ms since 1970, and ms of a clock that never goes back. */
  readonly clock: () => number;
  readonly now: () => number;
  libm(): Libm;
}

/**
 * Takes out of the realm what differs from browser to browser: the last bits of Math, time zone, locale; under
 * `strict-js` the clocks too. A job of `class` keeps its engine's own Math, for crowds of one browser.
 */
export function installPortable(
  realm: typeof globalThis,
  determinism: Determinism | undefined,
  parts: PortableParts,
): void {
  const isStill = determinism === 'strict-js';
  realm.Date = portableDate(realm.Date, isStill ? () => STILL_TIME : parts.clock);
  const now = isStill ? () => 0 : parts.now;
  Object.defineProperty(realm, 'performance', {
    value: { now },
    writable: true,
    configurable: true,
  });
  installNoLocale(realm);
  if (determinism !== 'class') installMath(realm.Math, parts.libm());
}
