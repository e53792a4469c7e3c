import type { WindowControl } from './use-timeline-window.ts';

/** What gestures need to know of the picture they are made on. */
export interface Ground {
  readonly control: WindowControl;
  readonly timeAt: (x: number) => number;
  readonly lanePx: number;
  readonly onPick: (x: number, y: number) => void;
}

interface Finger {
  readonly x: number;
  readonly y: number;
}

const CLICK_PX = 4;

/** Dragging pans, two fingers zoom, a wheel zooms while a modifier is held or the chart has the focus. */
export function listenToGestures(box: HTMLElement, ground: () => Ground): () => void {
  const fingers = new Map<number, Finger>();
  let moved = 0;
  let lanesOwed = 0;
  const place = (event: PointerEvent | WheelEvent): Finger => {
    const { left, top } = box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const onDown = (event: PointerEvent) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    box.setPointerCapture(event.pointerId);
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, place(event));
  };
  const onMove = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const { control, timeAt, lanePx } = ground();
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    const others = [...fingers].filter(([id]) => id !== event.pointerId);
    fingers.set(event.pointerId, now);
    const other = others[0]?.[1];
    if (other) {
      const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
      if (was > 8 && is > 8) control.zoom(was / is, timeAt((now.x + other.x) / 2));
      return;
    }
    control.pan(timeAt(before.x) - timeAt(now.x));
    lanesOwed += (before.y - now.y) / lanePx;
    control.scroll(Math.trunc(lanesOwed));
    lanesOwed -= Math.trunc(lanesOwed);
  };
  const onUp = (event: PointerEvent) => {
    const at = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (at && event.type === 'pointerup' && moved < CLICK_PX) ground().onPick(at.x, at.y);
  };
  const onWheel = (event: WheelEvent) => {
    const isMeant = event.ctrlKey || event.metaKey || document.activeElement === box;
    if (!isMeant) return;
    event.preventDefault();
    const { control, timeAt } = ground();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) control.step(event.deltaX / 800);
    else control.zoom(Math.exp(event.deltaY / 400), timeAt(place(event).x));
  };
  box.addEventListener('pointerdown', onDown);
  box.addEventListener('pointermove', onMove);
  box.addEventListener('pointerup', onUp);
  box.addEventListener('pointercancel', onUp);
  // React's own wheel listeners may not keep the page from scrolling.
  box.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    box.removeEventListener('pointerdown', onDown);
    box.removeEventListener('pointermove', onMove);
    box.removeEventListener('pointerup', onUp);
    box.removeEventListener('pointercancel', onUp);
    box.removeEventListener('wheel', onWheel);
  };
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -0.2,
  ArrowRight: 0.2,
  Home: -1e6,
  End: 1e6,
};
const SCROLLS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
};
const ZOOMS: Readonly<Record<string, number>> = { '+': 0.5, '=': 0.5, '-': 2 };

/** Whether the key meant something here. */
export function onTimelineKey(key: string, control: WindowControl): boolean {
  const [step, lanes, zoom] = [STEPS[key], SCROLLS[key], ZOOMS[key]];
  if (step !== undefined) control.step(step);
  else if (lanes !== undefined) control.scroll(lanes);
  else if (zoom !== undefined) control.zoom(zoom);
  else if (key === '0') control.showAll();
  else return false;
  return true;
}
