import { hasEnded, type JobView } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { useSession } from '../../app/session-context.ts';
import { DonationPanel } from '../../components/donation-panel.tsx';
import { Invitation } from '../../components/invitation.tsx';
import { useKnown } from '../../live/use-known.ts';

/** An invitation while the job waits and nobody computes. */
export function NobodyPanel({ view }: { readonly view: JobView }): ReactNode {
  const { status } = useSession();
  const grid = useKnown(status).value;
  if (grid?.volunteers !== 0 || hasEnded(view.state)) return null;
  return (
    <section className="panel stack" aria-labelledby="job-nobody">
      <h2 id="job-nobody">Nobody is computing yet</h2>
      <Invitation />
      <DonationPanel />
    </section>
  );
}
