import type { ReactNode } from 'react';

/** The mark of the grid, the same as on every page and in the tab. */
export function Logo(): ReactNode {
  return <img src="./favicon.svg" alt="" width="22" height="22" />;
}
