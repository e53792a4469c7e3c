import type { Donation, DonationState } from 'manytabs/volunteer';

/** Whatever this page draws is taken from the work it shows. */
const DRAW_EVERY_MS = 500;

/** Short tasks bring a tab from one of these to another many times a second. */
const AT_WORK: ReadonlySet<DonationState> = new Set(['waiting', 'fetching', 'computing']);

/**
 * Draws a change of state at once, and twice a second at most what is only more of the same work; with timers, as hidden
 * tabs draw no frames.
 */
export function drawOnChange(
  session: Pick<Donation, 'view' | 'subscribe'>,
  draw: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn = session.view.state;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const drawNow = () => {
    clearTimeout(timer);
    timer = undefined;
    drawn = session.view.state;
    drawnAt = performance.now();
    draw();
  };
  const onChange = () => {
    const { state } = session.view;
    const dueMs = drawnAt + DRAW_EVERY_MS - performance.now();
    const isFlicker = AT_WORK.has(state) && AT_WORK.has(drawn) && dueMs > 0;
    if (state !== drawn && !isFlicker) drawNow();
    else timer ??= setTimeout(drawNow, isFlicker ? dueMs : DRAW_EVERY_MS);
  };
  session.subscribe(onChange);
  return onChange;
}
