import type { StatusView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { useSession } from '../app/session-context.ts';
import { useKnown } from '../live/use-known.ts';
import { countText, durationText } from '../model/duration.ts';
import { AgeStamp } from './age-stamp.tsx';
import './grid-line.css';

/** The grid as one computer: cores, load, jobs, uptime. */
export function GridLine(): ReactNode {
  const { status } = useSession();
  const known = useKnown(status);
  return (
    <p className="grid-line">
      {known.value ? <Facts status={known.value} /> : <span>…</span>}
      <AgeStamp at={known.at} />
    </p>
  );
}

function Facts({ status }: { readonly status: StatusView }): ReactNode {
  return (
    <>
      <span>
        <b>{countText(status.workers)}</b> {status.workers === 1 ? 'core' : 'cores'}
      </span>
      <span>
        load <b>{loadText(status)}</b>
      </span>
      <span>
        <b>{countText(status.jobs)}</b> {status.jobs === 1 ? 'job' : 'jobs'}
      </span>
      <span>
        up <b>{durationText(status.uptimeSeconds * 1_000)}</b>
      </span>
    </>
  );
}

/** Running tasks per worker; `–` while there is no worker. */
export function loadText(status: StatusView): string {
  if (status.workers === 0) return '–';
  return (status.tasks.running / status.workers).toFixed(2);
}
