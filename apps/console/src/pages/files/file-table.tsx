import type { FileEntry } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { routeHref } from '../../app/route.ts';
import { Cell } from '../../components/cell.tsx';
import { VirtualRows } from '../../components/virtual-rows.tsx';
import type { HealthBook } from '../../live/health-book.ts';
import { useMedia } from '../../live/use-media.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, bytesText } from '../../model/duration.ts';
import { nameOf } from '../../model/file-path.ts';
import { visible } from '../../model/value-text.ts';
import { HealthSign } from './health-sign.tsx';

const COLUMNS = [
  { key: 'choose', title: '✓' },
  { key: 'name', title: 'Name' },
  { key: 'size', title: 'Size' },
  { key: 'durability', title: 'Kept' },
  { key: 'age', title: 'Changed' },
];

interface FileTableProps {
  readonly entries: readonly FileEntry[];
  readonly health: HealthBook;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (paths: ReadonlySet<string>) => void;
}

/** Names of a folder; only the rows in sight are drawn. */
export function FileTable({ entries, health, selected, onSelect }: FileTableProps): ReactNode {
  const narrow = useMedia('(max-width: 820px)');
  const toggle = (path: string) => {
    const next = new Set(selected);
    if (!next.delete(path)) next.add(path);
    onSelect(next);
  };
  const all = entries.every((entry) => selected.has(entry.path));
  const toggleAll = () => onSelect(new Set(all ? [] : entries.map((entry) => entry.path)));
  return (
    <div className="stack files-list">
      <label className="choice">
        <input type="checkbox" checked={all} onChange={toggleAll} />
        All of them
      </label>
      <VirtualRows
        label="Files"
        className="file-table"
        columns={COLUMNS}
        count={entries.length}
        rowPx={narrow ? 56 : 36}
        tall
        rowKey={(n) => entries[n]?.path ?? n}
        row={(n) => (
          <FileRow entry={entries[n]} health={health} selected={selected} onToggle={toggle} />
        )}
      />
    </div>
  );
}

interface FileRowProps {
  readonly entry: FileEntry | undefined;
  readonly health: HealthBook;
  readonly selected: ReadonlySet<string>;
  readonly onToggle: (path: string) => void;
}

function FileRow({ entry, health, selected, onToggle }: FileRowProps): ReactNode {
  const now = useNow();
  if (!entry) return null;
  const name = visible(nameOf(entry.path));
  const isFolder = entry.kind === 'folder';
  return (
    <>
      <Cell column="choose">
        <label className="file-choose">
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={selected.has(entry.path)}
            onChange={() => onToggle(entry.path)}
          />
        </label>
      </Cell>
      <Cell column="name">
        <span aria-hidden="true" className="file-sign">
          {isFolder ? '▸' : '·'}
        </span>
        <a href={routeHref({ page: 'files', path: entry.path })} data-listed title={name}>
          {name}
          {isFolder ? '/' : ''}
        </a>
      </Cell>
      <Cell column="size" className="quiet">
        {isFolder ? 'folder' : bytesText(entry.bytes)}
      </Cell>
      <Cell column="durability" className="quiet">
        {isFolder ? null : (
          <>
            <HealthSign book={health} path={entry.path} /> {entry.durability}
          </>
        )}
      </Cell>
      <Cell column="age" className="quiet">
        {agoText(entry.modifiedAt, now)}
      </Cell>
    </>
  );
}
