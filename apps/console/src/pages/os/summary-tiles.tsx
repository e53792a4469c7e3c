import type { ReactNode } from 'react';
import { useSession } from '../../app/session-context.ts';
import { useKnown } from '../../live/use-known.ts';
import { bytesText, countText, durationText, rateText } from '../../model/duration.ts';
import { useGridHistory } from './use-grid-history.ts';

/** What `top` says in its first lines. */
export function SummaryTiles(): ReactNode {
  const { status } = useSession();
  const { value } = useKnown(status);
  const history = useGridHistory();
  if (!value) return null;
  const { workers, tasks } = value;
  const busy = workers === 0 ? 0 : Math.min(100, Math.round((100 * tasks.running) / workers));
  return (
    <dl className="os-tiles">
      <Tile
        name="cores"
        value={countText(workers)}
        more={`in ${countText(value.volunteers)} tabs`}
      />
      <Tile name="busy" value={`${busy} %`} more={`${countText(tasks.running)} tasks running`} />
      <Tile
        name="throughput"
        value={rateText(history.rate)}
        more={`${countText(tasks.final)} tasks final`}
      />
      <Tile name="jobs" value={countText(value.jobs)} more="that have not ended" />
      <Tile
        name="storage"
        value={bytesText(value.bytesStored)}
        more={`${countText(value.files)} files`}
      />
      <Tile
        name="up"
        value={durationText(value.uptimeSeconds * 1_000)}
        more={`${value.state}, version ${value.version}`}
      />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly more: string;
}

function Tile({ name, value, more }: TileProps): ReactNode {
  return (
    <div className="card os-tile">
      <dt className="quiet">{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span className="quiet">{more}</span>
      </dd>
    </div>
  );
}
