import { type Manytabs, manytabsOf } from './manytabs.ts';

export type {
  Manytabs,
  WidgetError,
  WidgetEvents,
  WidgetHandle,
  WidgetOptions,
  WidgetState,
  WidgetStatus,
} from './manytabs.ts';

/**
 * The widget's maker for the grid at `url`; null on a server. It is in this package, so a page that bundles it needs no
 * script of the grid and its policy only `frame-src`. Twice gives the same.
 */
export async function loadManytabs(url: string): Promise<Manytabs | null> {
  return typeof window === 'undefined' ? null : manytabsOf(new URL('/', url).href);
}
