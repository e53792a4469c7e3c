import type { AttemptOutcome, AttemptRow } from '@manytabs/protocol';
import { barStart, firstAfter, type Lane, timeText } from 'manytabs/report';
import { type TimeWindow, ticksOf } from '../../model/time-window.ts';

export const LANE_PX = 14;
export const AXIS_PX = 22;
const BAR_PX = 10;

export interface TimelinePalette {
  readonly ink: string;
  readonly line: string;
  readonly paper: string;
  readonly reported: string;
  readonly failed: string;
  readonly lost: string;
  readonly running: string;
}

export interface TimelineView {
  readonly window: TimeWindow;
  /** When the job began; times are told from there on. */
  readonly start: number;
  readonly now: number;
  readonly lanes: readonly Lane[];
  readonly firstLane: number;
  /** Bars that have not ended, by lane. */
  readonly underWay: ReadonlyMap<Lane, AttemptRow>;
  readonly selected: AttemptRow | undefined;
  readonly labelPx: number;
  readonly width: number;
  readonly height: number;
}

/** Draws what the window shows; its cost grows with the bars in it and the pixels, not with the job. */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: TimelinePalette,
): void {
  context.clearRect(0, 0, view.width, view.height);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  drawAxis(context, view, palette);
  const shown = Math.ceil((view.height - AXIS_PX) / LANE_PX);
  context.save();
  context.beginPath();
  context.rect(view.labelPx, AXIS_PX, view.width - view.labelPx, view.height - AXIS_PX);
  context.clip();
  for (let n = 0; n < shown; n++) {
    const lane = view.lanes[view.firstLane + n];
    if (lane) drawLane(context, view, palette, { lane, top: AXIS_PX + n * LANE_PX });
  }
  context.restore();
  drawNames(context, view, palette, shown);
}

export function xOf({ window, labelPx, width }: TimelineView, at: number): number {
  return labelPx + ((at - window.from) / (window.to - window.from)) * (width - labelPx);
}

export function timeAt({ window, labelPx, width }: TimelineView, x: number): number {
  return window.from + ((x - labelPx) / (width - labelPx)) * (window.to - window.from);
}

/** What is drawn at a place; a bar thinner than a finger is hit from beside it. */
export function barAt(view: TimelineView, x: number, y: number): AttemptRow | undefined {
  const lane = view.lanes[view.firstLane + Math.floor((y - AXIS_PX) / LANE_PX)];
  if (!lane || y < AXIS_PX) return undefined;
  const at = timeAt(view, x);
  const near = timeAt(view, x + 4) - at;
  const bar = lane.bars[firstAfter(lane.bars, at - near)];
  if (bar && barStart(bar) <= at + near) return bar;
  const open = view.underWay.get(lane);
  return open && open.givenAt <= at + near ? open : undefined;
}

function drawAxis(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: TimelinePalette,
): void {
  const { window, start, width, height, labelPx } = view;
  for (const tick of ticksOf(window, start, Math.max(2, (width - labelPx) / 90))) {
    const x = Math.round(xOf(view, start + tick)) + 0.5;
    if (x < labelPx) continue;
    context.fillStyle = palette.line;
    context.fillRect(x, AXIS_PX - 4, 1, height);
    context.fillStyle = palette.ink;
    const text = tick === 0 ? 'start' : timeText(tick);
    context.textAlign = x > width - 40 ? 'right' : 'left';
    context.fillText(text, x + (x > width - 40 ? -2 : 3), AXIS_PX / 2);
  }
}

interface Place {
  readonly lane: Lane;
  readonly top: number;
}

function drawLane(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: TimelinePalette,
  { lane, top }: Place,
): void {
  const { window, now, selected } = view;
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (let n = firstAfter(lane.bars, window.from); n < lane.bars.length; n++) {
    const bar = lane.bars[n] as AttemptRow;
    if (bar.givenAt > window.to) break;
    const to = xOf(view, bar.endedAt ?? now);
    // Of many results in one pixel one is seen; what is rarer is always drawn.
    if (to - drawnTo < 0.5 && bar.outcome === 'reported' && bar !== selected) continue;
    drawBar(context, view, palette, { bar, top, to });
    drawnTo = to;
  }
  const open = view.underWay.get(lane);
  if (open && open.givenAt <= window.to)
    drawBar(context, view, palette, { bar: open, top, to: xOf(view, now) });
}

function drawBar(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: TimelinePalette,
  { bar, top, to }: { readonly bar: AttemptRow; readonly top: number; readonly to: number },
): void {
  const from = xOf(view, barStart(bar));
  const givenX = xOf(view, bar.givenAt);
  const width = Math.max(1, to - from - (to - from > 3 ? 1 : 0));
  context.fillStyle = palette.ink;
  if (from - givenX > 2) context.fillRect(givenX, top + 7, from - givenX, 1);
  drawMark(context, palette, bar.outcome, { x: from, y: top + 2, width });
  if (bar !== view.selected) return;
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.strokeRect(from - 2, top + 1, width + 4, BAR_PX + 2);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Told apart by shape as well as by colour: full, striped and tall, half and hatched, a line, hollow. */
export function drawMark(
  context: CanvasRenderingContext2D,
  palette: TimelinePalette,
  outcome: AttemptOutcome,
  { x, y, width }: Box,
): void {
  switch (outcome) {
    case 'reported':
      context.fillStyle = palette.reported;
      return context.fillRect(x, y, width, BAR_PX);
    case 'failed':
      context.fillStyle = palette.failed;
      context.fillRect(x, y - 2, width, BAR_PX + 4);
      return stripes(context, palette.paper, { x, y: y - 2, width }, BAR_PX + 4);
    case 'lost':
      context.fillStyle = palette.lost;
      context.fillRect(x, y + BAR_PX / 2, width, BAR_PX / 2);
      return stripes(context, palette.paper, { x, y: y + BAR_PX / 2, width }, BAR_PX / 2);
    case 'unneeded':
      context.fillStyle = palette.ink;
      return context.fillRect(x, y + BAR_PX / 2 - 1, width, 2);
    case 'running':
      context.strokeStyle = palette.running;
      context.lineWidth = 1.5;
      return context.strokeRect(x + 0.75, y + 0.75, Math.max(2, width - 1.5), BAR_PX - 1.5);
  }
}

const STRIPES_MAX = 400;

function stripes(
  context: CanvasRenderingContext2D,
  colour: string,
  box: Box,
  height: number,
): void {
  context.fillStyle = colour;
  for (let n = 1; n * 4 < box.width && n < STRIPES_MAX; n++) {
    context.fillRect(box.x + n * 4 - 1, box.y, 1, height);
  }
}

/** Once for the lanes of a volunteer. */
function drawNames(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: TimelinePalette,
  shown: number,
): void {
  context.fillStyle = palette.ink;
  context.textAlign = 'left';
  for (let n = 0; n < shown; n++) {
    const lane = view.lanes[view.firstLane + n];
    const before = view.lanes[view.firstLane + n - 1];
    if (!lane || (n > 0 && lane.volunteer === before?.volunteer)) continue;
    const chars = view.labelPx > 60 ? 8 : 5;
    context.fillText(lane.volunteer.slice(0, chars), 2, AXIS_PX + n * LANE_PX + LANE_PX / 2);
  }
}
