import type { StatusView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { useSession } from '../app/session-context.ts';
import { useKnown } from '../live/use-known.ts';
import { durationText } from '../model/duration.ts';
import './link-banner.css';

/** Nothing while the grid works; else what keeps it from it, and what to do. */
export function StallBanner(): ReactNode {
  const { value } = useKnown(useSession().status);
  if (!value || value.state === 'ready') return null;
  return (
    <div className="link-banner" role="status">
      <p>{value.stalled ? <Stalled stalled={value.stalled} /> : <Draining />}</p>
    </div>
  );
}

function Stalled({ stalled }: { readonly stalled: NonNullable<StatusView['stalled']> }): ReactNode {
  return (
    <>
      <strong>The grid has stood still for {durationText(stalled.seconds * 1_000)}.</strong> Its
      store takes no records ({stalled.code}). {stalled.hint} It goes on by itself, and nothing is
      lost.
    </>
  );
}

function Draining(): ReactNode {
  return (
    <>
      <strong>The coordinator is about to end.</strong> Jobs go on where they were when it is back.
    </>
  );
}
