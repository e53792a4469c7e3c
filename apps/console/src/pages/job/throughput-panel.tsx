import { hasEnded, type JobView } from '@manytabs/protocol';
import { lazy, type ReactNode, Suspense } from 'react';
import type { JobMonitor } from '../../live/job-monitor.ts';
import { durationText, rateText } from '../../model/duration.ts';

const ThroughputChart = lazy(() => import('./throughput-chart.tsx'));

interface ThroughputPanelProps {
  readonly monitor: JobMonitor;
  readonly view: JobView;
}

/** Final tasks per second, since this page was opened. */
export function ThroughputPanel({ monitor, view }: ThroughputPanelProps): ReactNode {
  const { points } = monitor.rates;
  const peak = points.reduce((most, point) => Math.max(most, point.value), 0);
  if (hasEnded(view.state) && points.length < 3) return <Average view={view} />;
  return (
    <section className="panel" aria-labelledby="throughput-title">
      <h2 id="throughput-title">
        Throughput
        <span className="quiet">
          now {rateText(hasEnded(view.state) ? 0 : view.tasksPerSecond)}, peak {rateText(peak)}
        </span>
      </h2>
      <div className="throughput-box">
        <Suspense fallback={null}>
          {points.length > 1 ? (
            <ThroughputChart points={points} newest={points.at(-1)?.at ?? 0} />
          ) : (
            <p className="quiet">Gathering the first numbers…</p>
          )}
        </Suspense>
      </div>
    </section>
  );
}

function Average({ view }: { readonly view: JobView }): ReactNode {
  const tookMs = Math.max(1, (view.endedAt ?? view.submittedAt) - view.submittedAt);
  return (
    <section className="panel" aria-labelledby="throughput-title">
      <h2 id="throughput-title">Throughput</h2>
      <p>
        {rateText((view.tasks.final / tookMs) * 1_000)} on average over {durationText(tookMs)}.
      </p>
      <p className="quiet">The course over time is drawn while this page is open.</p>
    </section>
  );
}
