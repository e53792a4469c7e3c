import { useState } from 'react';
import { panned, type TimeWindow, within, zoomed } from '../../model/time-window.ts';

export interface WindowControl {
  readonly window: TimeWindow;
  readonly firstLane: number;
  readonly zoom: (factor: number, anchor?: number) => void;
  readonly pan: (ms: number) => void;
  /** By a part of what is shown. */
  readonly step: (share: number) => void;
  readonly scroll: (lanes: number) => void;
  readonly showAll: () => void;
}

/** Which times and lanes a timeline shows; as long as nobody chose, all of them, as they come. */
export function useTimelineWindow(all: TimeWindow, lanesOver: number): WindowControl {
  const [chosen, setChosen] = useState<TimeWindow>();
  const [lane, setLane] = useState(0);
  const window = chosen ? within(chosen, all) : all;
  const change = (to: (now: TimeWindow) => TimeWindow) => {
    setChosen((before) => {
      const next = to(before ? within(before, all) : all);
      return next.to - next.from >= all.to - all.from ? undefined : next;
    });
  };
  const pan = (ms: number) => change((now) => panned(now, ms, all));
  return {
    window,
    firstLane: Math.min(lane, lanesOver),
    zoom: (factor, anchor) =>
      change((now) => zoomed(now, factor, anchor ?? (now.from + now.to) / 2, all)),
    pan,
    step: (share) => pan(share * (window.to - window.from)),
    scroll: (lanes) =>
      setLane((now) => Math.max(0, Math.min(lanesOver, Math.min(now, lanesOver) + lanes))),
    showAll: () => {
      setChosen(undefined);
      setLane(0);
    },
  };
}
