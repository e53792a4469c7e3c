import type { FileEntry } from '@manytabs/protocol';
import { type ReactNode, useMemo, useState, useSyncExternalStore } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { Empty, Loading } from '../../components/empty.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { FolderListing, LISTED_MAX, type Listing } from '../../live/folder-listing.ts';
import { HealthBook } from '../../live/health-book.ts';
import { countText } from '../../model/duration.ts';
import { crumbsOf, nameOf } from '../../model/file-path.ts';
import { visible } from '../../model/value-text.ts';
import { FileTable } from './file-table.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { UploadPanel } from './upload-panel.tsx';
import { UsagePanel } from './usage-panel.tsx';

/** What is in a folder, what can be done with it, and what may be put there. */
export function FolderView({ path }: { readonly path: string }): ReactNode {
  const { files } = useSession().grid;
  const folder = useMemo(() => new FolderListing(files, path), [files, path]);
  const health = useMemo(() => new HealthBook(files), [files]);
  const listing = useSyncExternalStore(folder.subscribe, folder.get);
  const [text, setText] = useState('');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => named(listing.entries, text), [listing.entries, text]);
  const refresh = () => void folder.refresh(); // failures become the listing's
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="visually-hidden">Files</h1>
        <Crumbs path={path} />
        <span className="quiet">{sumText(listing)}</span>
        {listing.state === 'failed' ? <AgeStamp at={listing.at} /> : null}
        <div className="row job-filters">
          <input
            type="search"
            data-filter
            placeholder="Filter by name"
            aria-label="Filter files by name"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <button type="button" onClick={refresh}>
            Refresh
          </button>
        </div>
      </div>
      {listing.error ? <ErrorNotice error={listing.error} /> : null}
      {listing.state === 'cut' ? (
        <Notice tone="info">
          The first {countText(LISTED_MAX)} names are listed; the command line has them all.
        </Notice>
      ) : null}
      <UploadPanel folder={path} onDone={refresh} />
      <SelectionBar
        folder={path}
        selected={listing.entries.filter((entry) => selected.has(entry.path))}
        onDone={() => {
          setSelected(new Set());
          refresh();
        }}
      />
      <Rows {...{ listing, shown, health, selected }} onSelect={setSelected} />
      <UsagePanel entries={listing.entries} />
    </div>
  );
}

interface RowsProps {
  readonly listing: Listing;
  readonly shown: readonly FileEntry[];
  readonly health: HealthBook;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (paths: ReadonlySet<string>) => void;
}

function Rows({ listing, ...table }: RowsProps): ReactNode {
  if (listing.entries.length === 0) {
    if (listing.state === 'loading') return <Loading what="the folder" />;
    return listing.error ? null : (
      <Empty title="This folder is empty.">
        Drop files above, or run <code>manytabs put FILE /</code>.
      </Empty>
    );
  }
  if (table.shown.length === 0) return <Empty title="No name matches the filter." />;
  const { shown, ...rest } = table;
  return <FileTable entries={shown} {...rest} />;
}

function Crumbs({ path }: { readonly path: string }): ReactNode {
  return (
    <nav aria-label="Folders above" className="crumbs">
      {crumbsOf(path).map((at) => (
        <a
          key={at}
          href={routeHref({ page: 'files', path: at })}
          aria-current={at === path ? 'page' : undefined}
        >
          {at === '/' ? 'Files' : visible(nameOf(at))}
        </a>
      ))}
    </nav>
  );
}

function named(entries: readonly FileEntry[], text: string): readonly FileEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries;
  return entries.filter((entry) => nameOf(entry.path).toLowerCase().includes(wanted));
}

function sumText({ entries, state }: Listing): string {
  return `${countText(entries.length)} ${entries.length === 1 ? 'name' : 'names'}${state === 'loading' ? ', loading…' : ''}`;
}
