import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import './tabs.css';

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Shown beside the title when above zero. */
  readonly count?: number | undefined;
  readonly content: () => ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** The id of the tab that is chosen at first, and again when another is given; else the first one. */
  readonly initial?: string | undefined;
  readonly onChoose?: ((id: string) => void) | undefined;
}

/** Only the chosen tab's content exists. Arrow keys, Home and End move between tabs. */
export function Tabs({ label, tabs, initial, onChoose }: TabsProps): ReactNode {
  const base = useId();
  const [chosen, setChosen] = useState(initial);
  useEffect(() => setChosen(initial), [initial]);
  const current = tabs.find(({ id }) => id === chosen) ?? tabs[0];
  const choose = (at: number) => {
    const id = tabs[at]?.id;
    if (id === undefined) return;
    setChosen(id);
    onChoose?.(id);
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} className="tab-list">
        {tabs.map((tab, i) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            aria-selected={tab === current}
            aria-controls={`${base}-panel`}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => choose(i)}
            onKeyDown={(event) => moveFocus(event, tabs.length, i, choose)}
          >
            {tab.title}
            {tab.count ? (
              <span className="tab-count">{tab.count.toLocaleString('en-US')}</span>
            ) : null}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current?.id}`}>
        {current?.content()}
      </div>
    </div>
  );
}

function moveFocus(
  event: KeyboardEvent<HTMLButtonElement>,
  count: number,
  at: number,
  choose: (n: number) => void,
): void {
  const to = tabAfterKey(event.key, at, count);
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
  const next = event.currentTarget.parentElement?.children[to];
  if (next instanceof HTMLElement) next.focus();
}

/** The tab a key leads to; undefined for keys that lead nowhere. */
export function tabAfterKey(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
