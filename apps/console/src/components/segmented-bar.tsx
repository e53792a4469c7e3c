import type { TaskCounts } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { countText } from '../model/duration.ts';
import { fractionDecided, percentText, segmentsOf } from '../model/segments.ts';
import './segmented-bar.css';

interface SegmentedBarProps {
  readonly tasks: TaskCounts;
  /** Of the job; said to screen readers. */
  readonly name: string;
  readonly large?: boolean | undefined;
}

/** Progress by state of the tasks; each state has a colour, a pattern and, in the legend, its name. */
export function SegmentedBar({ tasks, name, large }: SegmentedBarProps): ReactNode {
  const percent = Math.floor(fractionDecided(tasks) * 100);
  const said = segmentsOf(tasks)
    .filter((segment) => segment.count > 0)
    .map((segment) => `${countText(segment.count)} ${segment.label}`)
    .join(', ');
  return (
    <div
      className={large ? 'bar bar-large' : 'bar'}
      role="progressbar"
      aria-label={`Progress of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} percent: ${said || 'no tasks yet'}`}
    >
      {segmentsOf(tasks).map((segment) =>
        segment.count === 0 ? null : (
          <div
            key={segment.kind}
            className={`segment segment-${segment.kind}`}
            style={{ width: `${segment.share * 100}%` }}
          />
        ),
      )}
    </div>
  );
}

/** The bar's states with their numbers. */
export function SegmentLegend({ tasks }: { readonly tasks: TaskCounts }): ReactNode {
  return (
    <ul className="legend">
      {segmentsOf(tasks).map((segment) => (
        <li key={segment.kind} className={segment.count === 0 ? 'legend-none' : ''}>
          <span className={`swatch segment-${segment.kind}`} aria-hidden="true" />
          <strong>{countText(segment.count)}</strong> {segment.label}
        </li>
      ))}
      <li className="legend-total">{percentText(fractionDecided(tasks))} decided</li>
    </ul>
  );
}
