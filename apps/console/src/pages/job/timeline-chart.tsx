import type { AttemptRow, JobView } from '@manytabs/protocol';
import type { Lane } from 'manytabs/report';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { AttemptsSnapshot } from '../../live/attempts-feed.ts';
import { useMedia } from '../../live/use-media.ts';
import { countText } from '../../model/duration.ts';
import {
  AXIS_PX,
  barAt,
  drawTimeline,
  LANE_PX,
  type TimelinePalette,
  type TimelineView,
  timeAt,
} from './draw-timeline.ts';
import { type Ground, listenToGestures, onTimelineKey } from './timeline-gestures.ts';
import { useTimelineWindow } from './use-timeline-window.ts';

interface TimelineChartProps {
  readonly view: JobView;
  readonly snapshot: AttemptsSnapshot;
  /** When the snapshot was taken. */
  readonly at: number;
  readonly selected: AttemptRow | undefined;
  readonly onSelect: (row: AttemptRow | undefined) => void;
}

const LANES_SHOWN_MAX = 24;

/** A lane for each worker, a bar for each attempt, on one canvas whatever their number. */
export function TimelineChart(props: TimelineChartProps): ReactNode {
  const { view, snapshot, at, selected, onSelect } = props;
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const { lanes, underWay } = useMemo(() => withOpen(snapshot), [snapshot]);
  const shown = Math.min(LANES_SHOWN_MAX, Math.max(3, lanes.length));
  const all = spanOf(view, snapshot, at);
  const control = useTimelineWindow(all, lanes.length - shown);
  const picture: TimelineView = {
    ...{ window: control.window, firstLane: control.firstLane, start: view.submittedAt, now: at },
    ...{ lanes, underWay, selected, width, height: AXIS_PX + shown * LANE_PX },
    labelPx: width < 500 ? 44 : 66,
  };
  const ground = useRef<Ground>(undefined);
  ground.current = {
    control,
    timeAt: (x) => timeAt(picture, x),
    lanePx: LANE_PX,
    onPick: (x, y) => onSelect(barAt(picture, x, y)),
  };
  useLayoutEffect(() => measure(box.current, setWidth), []);
  useEffect(() => {
    if (box.current) return listenToGestures(box.current, () => ground.current as Ground);
    return undefined;
  }, []);
  const scheme = useMedia('(prefers-color-scheme: dark)');
  useEffect(() => paint(canvas.current, picture));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onTimelineKey(event.key, control)) event.preventDefault();
  };
  const { zoom, step, showAll } = control;
  return (
    <div className="stack timeline" data-scheme={scheme ? 'dark' : 'light'}>
      <div className="row">
        <Tool name="Zoom in" sign="+" act={() => zoom(0.5)} />
        <Tool name="Zoom out" sign="−" act={() => zoom(2)} />
        <Tool name="Earlier" sign="←" act={() => step(-0.4)} />
        <Tool name="Later" sign="→" act={() => step(0.4)} />
        <Tool name="Show all" sign="all" act={showAll} />
        <span className="quiet timeline-hint">
          {lanes.length > shown
            ? `lanes ${countText(control.firstLane + 1)} to ${countText(control.firstLane + shown)} of ${countText(lanes.length)}`
            : ''}
        </span>
      </div>
      <section
        ref={box}
        className="timeline-box"
        aria-label="Timeline of attempts; the table has the same as text"
        aria-describedby="timeline-keys"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys.
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} style={{ height: picture.height }} />
      </section>
      <p id="timeline-keys" className="quiet timeline-hint">
        Drag or arrow keys move it, + and − zoom, 0 shows all; so do two fingers, and a wheel with
        Ctrl.
      </p>
    </div>
  );
}

interface ToolProps {
  readonly name: string;
  readonly sign: string;
  readonly act: () => void;
}

function Tool({ name, sign, act }: ToolProps): ReactNode {
  return (
    <button type="button" className="small" aria-label={name} title={name} onClick={act}>
      {sign}
    </button>
  );
}

/** From the submission on, with a moment behind the last end. */
function spanOf({ submittedAt }: JobView, { lanes }: AttemptsSnapshot, at: number) {
  const to = Math.max(lanes.span.to, submittedAt + 1, at);
  return { from: submittedAt, to: to + (to - submittedAt) / 50 };
}

/** Every lease that is out takes a lane of its volunteer; who has brought nothing yet gets new ones. */
function withOpen({ lanes, underWay }: AttemptsSnapshot) {
  const all = [...lanes.all];
  const owned = new Map<string, Lane[]>();
  for (const lane of all) owned.set(lane.volunteer, [...(owned.get(lane.volunteer) ?? []), lane]);
  const open = new Map<Lane, AttemptRow>();
  const taken = new Map<string, number>();
  for (const row of underWay) {
    const nth = taken.get(row.volunteer) ?? 0;
    taken.set(row.volunteer, nth + 1);
    const own = owned.get(row.volunteer) ?? [];
    const lane = own[nth] ?? { volunteer: row.volunteer, bars: [] };
    if (nth >= own.length) all.push(lane);
    open.set(lane, row);
  }
  return { lanes: all, underWay: open };
}

function measure(box: HTMLElement | null, set: (width: number) => void): () => void {
  if (!box) return () => {};
  const observer = new ResizeObserver(([entry]) => entry && set(entry.contentRect.width));
  observer.observe(box);
  return () => observer.disconnect();
}

function paint(canvas: HTMLCanvasElement | null, picture: TimelineView): void {
  const context = canvas?.getContext('2d');
  if (!canvas || !context || picture.width === 0) return;
  const dense = Math.min(3, devicePixelRatio || 1);
  const [width, height] = [Math.round(picture.width * dense), Math.round(picture.height * dense)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  drawTimeline(context, picture, paletteOf(canvas));
}

/** A canvas knows no custom properties: they are read where they are resolved. */
function paletteOf(canvas: HTMLCanvasElement): TimelinePalette {
  const colour = (name: string) => {
    // One each: a colour that changes may do so slowly.
    const probe = document.createElement('span');
    probe.style.color = `var(--${name})`;
    canvas.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  return {
    ink: colour('ink-soft'),
    line: colour('line'),
    paper: colour('surface'),
    reported: colour('task-final'),
    failed: colour('task-failed'),
    lost: colour('task-provisional'),
    running: colour('task-running'),
  };
}
