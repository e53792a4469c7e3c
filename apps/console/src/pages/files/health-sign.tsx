import type { FileHealth } from '@manytabs/protocol';
import { type ReactNode, useCallback, useSyncExternalStore } from 'react';
import type { HealthBook } from '../../live/health-book.ts';

const SIGNS: Record<FileHealth, readonly [sign: string, text: string]> = {
  full: ['●', 'all copies are there'],
  degraded: ['◐', 'whole, with fewer copies than it should have'],
  lost: ['✕', 'not to be read until a holder returns'],
};

interface HealthSignProps {
  readonly book: HealthBook;
  readonly path: string;
}

/** How a file stands, by its shape and its colour. */
export function HealthSign({ book, path }: HealthSignProps): ReactNode {
  const subscribe = useCallback((told: () => void) => book.watch(path, told), [book, path]);
  const health = useSyncExternalStore(subscribe, () => book.get(path));
  if (!health) return <span className="health" aria-hidden="true" />;
  const [sign, text] = SIGNS[health];
  return (
    <span className={`health health-${health}`} role="img" aria-label={text} title={text}>
      {sign}
    </span>
  );
}
