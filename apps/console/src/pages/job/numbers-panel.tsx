import type { JobView } from '@manytabs/protocol';
import { costRows, timeRows, timeText } from 'manytabs/report';
import type { ReactNode } from 'react';
import './numbers-panel.css';

/** How long tasks took, and what the job cost those who gave. */
export function NumbersPanel({ view }: { readonly view: JobView }): ReactNode {
  const times = timeRows(view);
  return (
    <section className="panel numbers" aria-labelledby="numbers-title">
      <h2 id="numbers-title">Time and cost</h2>
      {times.length === 0 ? (
        <p className="quiet">No execution has been reported yet.</p>
      ) : (
        <table className="number-times">
          <thead>
            <tr>
              <th scope="col">a task within</th>
              <th scope="col">50 %</th>
              <th scope="col">90 %</th>
              <th scope="col">99 %</th>
            </tr>
          </thead>
          <tbody>
            {times.map(({ name, quantiles: { p50, p90, p99 } }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {[p50, p90, p99].map((ms, n) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move.
                  <td key={n}>{timeText(ms)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className="number-costs">
        {costRows(view).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
