import type { NodeView } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { DonationPanel } from '../../components/donation-panel.tsx';
import { Empty, Loading } from '../../components/empty.tsx';
import { Invitation } from '../../components/invitation.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useKnown } from '../../live/use-known.ts';
import { countText } from '../../model/duration.ts';
import { HeatGrid } from './heat-grid.tsx';
import { NodeTable } from './node-table.tsx';
import { QuarantineTable } from './quarantine-table.tsx';
import './nodes-page.css';

/** Every tab of the grid, as `ps` and `top` would show them. */
export function NodesPage(): ReactNode {
  const { nodes } = useSession();
  const known = useKnown(nodes);
  const sorted = useMemo(() => busiestFirst(known.value ?? []), [known.value]);
  if (!known.value) {
    return (
      <div className="page">
        <h1>Nodes</h1>
        {known.error ? <ErrorNotice error={known.error} /> : <Loading what="the nodes" />}
      </div>
    );
  }
  return (
    <div className="page">
      <div className="page-head">
        <h1>Nodes</h1>
        <span className="quiet">{sumText(sorted)}</span>
        <AgeStamp at={known.at} />
      </div>
      {sorted.length === 0 ? (
        <section className="card nodes-empty stack">
          <Empty title="Nobody is here." />
          <Invitation />
          <DonationPanel />
        </section>
      ) : (
        <>
          <HeatGrid nodes={sorted} />
          <NodeTable nodes={sorted} />
        </>
      )}
      <QuarantineTable />
    </div>
  );
}

function busiestFirst(nodes: readonly NodeView[]): readonly NodeView[] {
  return [...nodes].sort((a, b) => b.running - a.running || b.tasks - a.tasks);
}

function sumText(nodes: readonly NodeView[]): string {
  const workers = nodes.reduce((sum, node) => sum + node.workers, 0);
  const running = nodes.reduce((sum, node) => sum + Math.min(node.running, node.workers), 0);
  return `${countText(nodes.length)} tabs, ${countText(running)} of ${countText(workers)} workers busy`;
}
