import type { ReactNode } from 'react';
import { OS_PANELS, type OsPanel, routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { AgeStamp } from '../../components/age-stamp.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useKnown } from '../../live/use-known.ts';
import { HeatGrid } from '../nodes/heat-grid.tsx';
import { ProcessTable } from './process-table.tsx';
import { StoragePanel } from './storage-panel.tsx';
import { StreamPanel } from './stream-panel.tsx';
import { SummaryTiles } from './summary-tiles.tsx';
import { TasksPanel } from './tasks-panel.tsx';
import './os-page.css';

const TITLES: Record<OsPanel, string> = {
  workers: 'Workers',
  tasks: 'Throughput',
  processes: 'Processes',
  stream: 'Task stream',
  storage: 'Storage',
};

/** The grid as one computer: every panel in one glance, or one of them alone. */
export default function OsPage({ panel }: { readonly panel?: OsPanel | undefined }): ReactNode {
  const { status } = useSession();
  const known = useKnown(status);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{panel ? TITLES[panel] : 'One computer'}</h1>
        <AgeStamp at={known.at} />
        <nav aria-label="Panels" className="row os-panels">
          <a href="#/os" aria-current={panel ? undefined : 'page'}>
            all
          </a>
          {OS_PANELS.map((name) => (
            <a
              key={name}
              href={routeHref({ page: 'os', panel: name })}
              aria-current={panel === name ? 'page' : undefined}
            >
              {TITLES[name].toLowerCase()}
            </a>
          ))}
        </nav>
      </div>
      {known.error && !known.value ? <ErrorNotice error={known.error} /> : null}
      {panel ? null : <SummaryTiles />}
      <div className={panel ? '' : 'os-columns'}>
        {OS_PANELS.filter((name) => panel === undefined || panel === name).map((name) => (
          <Panel key={name} name={name} />
        ))}
      </div>
    </div>
  );
}

function Panel({ name }: { readonly name: OsPanel }): ReactNode {
  switch (name) {
    case 'workers':
      return <Workers />;
    case 'tasks':
      return <TasksPanel />;
    case 'processes':
      return <ProcessTable />;
    case 'stream':
      return <StreamPanel />;
    case 'storage':
      return <StoragePanel />;
  }
}

function Workers(): ReactNode {
  const { nodes } = useSession();
  return <HeatGrid nodes={useKnown(nodes).value ?? []} />;
}
