import { type ReactNode, useMemo } from 'react';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { bytesText, countText } from '../../model/duration.ts';

const HOLDERS_MAX = 12;

/** What `df` says: files, their copies in tabs and at the coordinator, and who holds most. */
export function StoragePanel(): ReactNode {
  const { grid, nodes } = useSession();
  const query = useMemo(() => new LiveQuery(() => grid.files.df(), 10_000), [grid]);
  const { value, error } = useKnown(query);
  const holders = [...(useKnown(nodes).value ?? [])]
    .filter(({ shardBytes }) => shardBytes > 0)
    .sort((a, b) => b.shardBytes - a.shardBytes)
    .slice(0, HOLDERS_MAX);
  const most = holders[0]?.shardBytes ?? 1;
  return (
    <section className="card os-panel" aria-labelledby="os-storage">
      <h2 id="os-storage">
        Storage <a href="#/files/">files</a>
      </h2>
      {error && !value ? <ErrorNotice error={error} /> : null}
      {value ? (
        <p>
          {countText(value.files)} files of {bytesText(value.bytes)}:{' '}
          {bytesText(value.storedOnTabs)} in {countText(value.tabs)} tabs,{' '}
          {bytesText(value.storedAtOrigin)} at the coordinator.
        </p>
      ) : null}
      {holders.length === 0 ? (
        <p className="quiet">No tab holds a part of a file.</p>
      ) : (
        <ul className="os-holders" aria-label="Tabs by what they hold">
          {holders.map(({ volunteer, shards, shardBytes }) => (
            <li key={volunteer}>
              <VolunteerName volunteer={volunteer} />
              <span className="os-bar" aria-hidden="true">
                <span style={{ width: `${(100 * shardBytes) / most}%` }} />
              </span>
              <span className="quiet">
                {bytesText(shardBytes)}, {countText(shards)} {shards === 1 ? 'shard' : 'shards'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
