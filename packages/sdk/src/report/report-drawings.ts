import type { AttemptOutcome, AttemptRow, JobView, TaskCounts } from '@manytabs/protocol';
import { type AttemptLanes, barStart, type Lane } from './attempt-lanes.ts';
import { html, type Markup } from './markup.ts';
import { timeText } from './number-text.ts';
import {
  edgeLine,
  edgeText,
  graphSize,
  STAGE_HEIGHT,
  STAGE_WIDTH,
  type StageGraph,
  stageSpot,
} from './stage-graph.ts';
import { visible } from './value-text.ts';

const WIDTH = 1_000;

/** How far the job came, as one bar. */
export function progressBar({ total, final, failed }: TaskCounts): Markup {
  const share = (count: number) => ((count / Math.max(1, total)) * WIDTH).toFixed(1);
  return html`<svg viewBox="0 0 ${WIDTH} 16" role="img" aria-label="${final} of ${total} tasks final, ${failed} failed">
<rect class="waiting" width="${WIDTH}" height="16"/><rect class="final" width="${share(final)}" height="16"/>
<rect class="failed" x="${share(final)}" width="${share(failed)}" height="16"/></svg>`;
}

const NAME_CHARS = 24;

export function stageDrawing(graph: StageGraph, current: JobView): Markup {
  const { width, height } = graphSize(graph);
  const edges = graph.edges.map((edge) => {
    const line = edgeLine(edge, graph);
    return line
      ? html`<path class="box" d="${line.path}"/><text x="${line.x}" y="${line.y}" text-anchor="middle">${edgeText(edge, graph)}</text>`
      : undefined;
  });
  const stages = graph.stages.map((stage) => {
    const { x, y } = stageSpot(stage);
    const { name, state, tasks, jobId } = stage.view;
    const here = jobId === current.jobId ? 'box here' : 'box';
    return html`<rect class="${here}" x="${x}" y="${y}" width="${STAGE_WIDTH}" height="${STAGE_HEIGHT}" rx="6"/>
<text class="name" x="${x + 10}" y="${y + 22}">${visible(name).slice(0, NAME_CHARS)}</text>
<text x="${x + 10}" y="${y + 40}">${state}, ${tasks.final} of ${tasks.total}</text>`;
  });
  return html`<svg viewBox="-3 -3 ${width + 6} ${height + 6}" width="${width}" role="img" aria-label="Stages">${edges}${stages}</svg>`;
}

const LANES_MAX = 60;
const LANE = 11;
const LEFT = 70;
/** What is closer is drawn as one. */
const NEAR = 0.6;

/** Outcomes differ in height as well as in colour. */
const SHAPES: Readonly<
  Record<AttemptOutcome, readonly [top: number, height: number, look: string]>
> = {
  reported: [1, 8, 'final'],
  failed: [0, 10, 'failed'],
  lost: [6, 4, 'lost'],
  unneeded: [5, 1.5, 'unneeded'],
  running: [3, 3, 'waiting'],
};

export function timelineDrawing(lanes: AttemptLanes): Markup {
  const shown = lanes.all.slice(0, LANES_MAX);
  const { from, to } = lanes.span;
  const scale = (WIDTH - LEFT) / Math.max(1, to - from);
  const x = (at: number) => LEFT + (at - from) * scale;
  const height = shown.length * LANE + 18;
  const paths = new Map<string, string[]>();
  for (const [n, lane] of shown.entries()) addBars(paths, lane, n * LANE + 16, x);
  const names = shown.map((lane, n) =>
    n > 0 && shown[n - 1]?.volunteer === lane.volunteer
      ? undefined
      : html`<text x="0" y="${n * LANE + 25}">${lane.volunteer.slice(0, 9)}</text>`,
  );
  const bars = [...paths].map(
    ([look, parts]) => html`<path class="${look}" d="${parts.join('')}"/>`,
  );
  const ends = html`<text x="${LEFT}" y="10">0</text><text x="${WIDTH}" y="10" text-anchor="end">${timeText(to - from)}</text>`;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Attempts by volunteer over time">${ends}${names}${bars}</svg>`;
}

function addBars(
  paths: Map<string, string[]>,
  lane: Lane,
  top: number,
  x: (at: number) => number,
): void {
  let open: { readonly row: AttemptRow; from: number; to: number } | undefined;
  const close = () => {
    if (!open) return;
    const [down, height, look] = SHAPES[open.row.outcome];
    const width = Math.max(0.8, open.to - open.from);
    const path = `M${open.from.toFixed(1)} ${top + down}h${width.toFixed(1)}v${height}h-${width.toFixed(1)}z`;
    paths.set(look, paths.get(look) ?? []);
    paths.get(look)?.push(path);
  };
  for (const row of lane.bars) {
    const [from, to] = [x(barStart(row)), x(row.endedAt ?? row.givenAt)];
    if (open?.row.outcome === row.outcome && from - open.to < NEAR) open.to = Math.max(open.to, to);
    else {
      close();
      open = { row, from, to };
    }
  }
  close();
}
