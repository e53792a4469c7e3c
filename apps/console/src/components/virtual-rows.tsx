// biome-ignore-all lint/a11y/useSemanticElements: rows of a windowed table are placed by hand, which table elements resist.
// biome-ignore-all lint/a11y/useFocusableInteractive: this is a table to read; what can be pressed is inside its cells.
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import './virtual-rows.css';
import { windowRange } from './window-range.ts';

interface Column {
  readonly key: string;
  readonly title: string;
}

interface VirtualRowsProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly count: number;
  readonly rowPx: number;
  /** Draws the cells of row `n`, each a `<div role="cell">`. */
  readonly row: (n: number) => ReactNode;
  readonly rowKey: (n: number) => string | number;
  readonly className: string;
  readonly tall?: boolean | undefined;
}

/** A table of which only the rows in sight exist; all rows have one height. */
export function VirtualRows(props: VirtualRowsProps): ReactNode {
  const { count, rowPx, columns, label, className } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollPx: 0, viewPx: 600 });
  useLayoutEffect(() => watchSize(box.current, setView), []);
  const { from, to } = windowRange({ count, rowPx, ...view });
  const rows: ReactNode[] = [];
  for (let n = from; n < to; n++) {
    rows.push(
      <div
        role="row"
        aria-rowindex={n + 2}
        className="virtual-row"
        key={props.rowKey(n)}
        style={{ height: rowPx, transform: `translateY(${n * rowPx}px)` }}
      >
        {props.row(n)}
      </div>,
    );
  }
  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={count + 1}
      className={`virtual ${props.tall ? 'virtual-tall' : ''} ${className}`}
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        setView({ scrollPx: scrollTop, viewPx: clientHeight });
      }}
    >
      <div role="rowgroup" className="virtual-head">
        <div role="row" aria-rowindex={1} className="virtual-head-row">
          {columns.map((column) => (
            <div role="columnheader" key={column.key} data-column={column.key}>
              {column.title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="virtual-rows" style={{ height: count * rowPx }}>
        {rows}
      </div>
    </div>
  );
}

function watchSize(
  box: HTMLDivElement | null,
  set: (view: { scrollPx: number; viewPx: number }) => void,
): () => void {
  if (!box) return () => {};
  const measure = () => set({ scrollPx: box.scrollTop, viewPx: box.clientHeight });
  const observer = new ResizeObserver(measure);
  observer.observe(box);
  measure();
  return () => observer.disconnect();
}
