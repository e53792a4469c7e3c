import type { ReactNode } from 'react';

interface CellProps {
  readonly column: string;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}

/** A cell of a windowed table, cut off where it is too long. */
export function Cell({ column, className, title, children }: CellProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a windowed table are placed by hand.
    <div role="cell" data-column={column} className={`clip ${className ?? ''}`} title={title}>
      {children}
    </div>
  );
}
