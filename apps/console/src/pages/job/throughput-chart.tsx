import { type ReactNode, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useMedia } from '../../live/use-media.ts';
import { clockText } from '../../model/duration.ts';
import './throughput-chart.css';

interface ThroughputChartProps {
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Time of the newest point: a change of it redraws. */
  readonly newest: number;
}

const HEIGHT = 140;

/** A line of tasks per second over time. */
export default function ThroughputChart({ points, newest }: ThroughputChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = document.documentElement.dataset.theme ?? 'auto';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme needs a new chart; its colours are read once.
  useEffect(() => {
    if (!box.current) return;
    chart.current = drawChart(box.current);
    const observer = new ResizeObserver(([entry]) => {
      if (entry) chart.current?.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      chart.current?.destroy();
    };
  }, [dark, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `points` is one growing list; `newest` tells that it grew.
  useEffect(() => {
    chart.current?.setData([points.map((p) => p.at / 1_000), points.map((p) => p.value)]);
  }, [newest, dark, theme]);
  return <div ref={box} className="throughput-chart" aria-hidden="true" />;
}

function drawChart(box: HTMLDivElement): uPlot {
  const style = getComputedStyle(box);
  const ink = style.getPropertyValue('color');
  const line = style.getPropertyValue('border-top-color');
  const stroke = style.getPropertyValue('outline-color');
  const axis = {
    stroke: ink,
    font: '11px system-ui, sans-serif',
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width: Math.max(120, box.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, space: 80, size: 22, values: (_chart, times) => times.map(timeLabel) },
      { ...axis, size: 40, space: 34 },
    ],
    series: [{}, { stroke, width: 2, fill: fade(stroke), points: { show: false } }],
  };
  return new uPlot(options, [[], []], box);
}

function timeLabel(seconds: number): string {
  return clockText(seconds * 1_000);
}

/** The colour at one eighth, for the area below the line. */
function fade(colour: string): string {
  return `color-mix(in srgb, ${colour} 14%, transparent)`;
}
