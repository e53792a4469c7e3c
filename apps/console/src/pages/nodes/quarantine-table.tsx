import type { QuarantineView } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { VolunteerName } from '../../components/volunteer-name.tsx';
import { LiveQuery } from '../../live/live-query.ts';
import { useKnown } from '../../live/use-known.ts';
import { useNow } from '../../live/use-now.ts';
import { agoText, countText, durationText } from '../../model/duration.ts';

const SHOWN_MAX = 100;
const SEEN_MAX = 4;

/** Volunteers that were wrong too often: nothing they say counts until their time is over. */
export function QuarantineTable(): ReactNode {
  const { grid } = useSession();
  const query = useMemo(() => new LiveQuery(() => grid.quarantined(), 5_000), [grid]);
  const { value, error, at } = useKnown(query);
  const now = useNow();
  if (!value && !error) return null;
  return (
    <section className="stack" aria-labelledby="quarantine-title">
      <div className="page-head">
        <h2 id="quarantine-title">In quarantine</h2>
        <AgeStamp at={at} />
      </div>
      {error && !value ? <ErrorNotice error={error} /> : null}
      {value?.length === 0 ? (
        <p className="quiet">Nobody was found wrong too often.</p>
      ) : (
        <div className="quarantine">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">Volunteer</th>
                <th scope="col">Since</th>
                <th scope="col">Still</th>
                <th scope="col">Right / wrong</th>
                <th scope="col">Wrong at</th>
              </tr>
            </thead>
            <tbody>
              {value?.slice(0, SHOWN_MAX).map((row) => (
                <Row key={row.volunteer} row={row} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ row, now }: { readonly row: QuarantineView; readonly now: number }): ReactNode {
  return (
    <tr>
      <td>
        <VolunteerName volunteer={row.volunteer} />
        <div className="quiet">{row.isHere ? 'still here' : 'gone'}</div>
      </td>
      <td>{agoText(row.at, now)}</td>
      <td>{row.until > now ? durationText(row.until - now) : 'over'}</td>
      <td>
        {countText(row.valid)} / {countText(row.invalid)}
      </td>
      <td>
        {row.seen.slice(0, SEEN_MAX).map((seen) => (
          <div key={`${seen.jobId} ${seen.index}`}>
            <a href={routeHref({ page: 'job', jobId: seen.jobId })}>task {countText(seen.index)}</a>
          </div>
        ))}
      </td>
    </tr>
  );
}
