import type { FileEntry } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { bytesText, countText } from '../../model/duration.ts';
import { nameOf } from '../../model/file-path.ts';
import { treemap } from '../../model/treemap.ts';
import { visible } from '../../model/value-text.ts';

const BOXES_MAX = 40;
const LABEL_PERCENT = 9;
const ASPECT = 5;

/** How much is stored where, and which files of the folder are large. */
export function UsagePanel({ entries }: { readonly entries: readonly FileEntry[] }): ReactNode {
  const { files } = useSession().grid;
  const query = useMemo(() => new LiveQuery(() => files.df(), 10_000), [files]);
  const { value, error, at } = useKnown(query);
  return (
    <section className="stack" aria-labelledby="usage-title">
      <div className="page-head">
        <h2 id="usage-title">Usage</h2>
        <AgeStamp at={at === undefined ? undefined : at + 5_000} />
      </div>
      {error && !value ? <ErrorNotice error={error} /> : null}
      {value ? (
        <p className="quiet">
          {countText(value.files)} files of {bytesText(value.bytes)} on this grid;{' '}
          {bytesText(value.storedOnTabs)} in {countText(value.tabs)} tabs,{' '}
          {bytesText(value.storedAtOrigin)} at the coordinator.
        </p>
      ) : null}
      <LargestFiles entries={entries} />
    </section>
  );
}

function LargestFiles({ entries }: { readonly entries: readonly FileEntry[] }): ReactNode {
  const boxes = useMemo(() => {
    const largest = entries
      .filter((entry) => entry.kind === 'file' && entry.bytes > 0)
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, BOXES_MAX);
    return treemap(
      largest.map((entry) => [entry, entry.bytes] as const),
      ASPECT,
    );
  }, [entries]);
  if (boxes.length < 2) return null;
  return (
    <figure className="stack">
      <figcaption className="quiet">The largest files of this folder, by size</figcaption>
      <div className="treemap">
        {boxes.map(({ item, x, y, width, height }) => (
          <a
            key={item.path}
            href={routeHref({ page: 'files', path: item.path })}
            title={`${visible(nameOf(item.path))}, ${bytesText(item.bytes)}`}
            aria-label={`${visible(nameOf(item.path))}, ${bytesText(item.bytes)}`}
            style={{ left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` }}
          >
            {width > LABEL_PERCENT && height > LABEL_PERCENT ? visible(nameOf(item.path)) : null}
          </a>
        ))}
      </div>
    </figure>
  );
}
