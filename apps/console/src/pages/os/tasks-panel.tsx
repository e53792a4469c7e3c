import { lazy, type ReactNode, Suspense } from 'react';
import { rateText } from '../../model/duration.ts';
import { useGridHistory } from './use-grid-history.ts';

const ThroughputChart = lazy(() => import('../job/throughput-chart.tsx'));

/** Tasks of all jobs that became final a second, since the overview was first opened. */
export function TasksPanel(): ReactNode {
  const history = useGridHistory();
  const { points } = history.rates;
  const peak = points.reduce((most, point) => Math.max(most, point.value), 0);
  return (
    <section className="card os-panel" aria-labelledby="os-tasks">
      <h2 id="os-tasks">
        Throughput{' '}
        <span className="quiet">
          now {rateText(history.rate)}, peak {rateText(peak)}
        </span>
      </h2>
      <Suspense fallback={null}>
        {points.length > 1 ? (
          <ThroughputChart points={points} newest={points.at(-1)?.at ?? 0} />
        ) : (
          <p className="quiet">Gathering the first numbers…</p>
        )}
      </Suspense>
    </section>
  );
}
