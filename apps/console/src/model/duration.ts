import { countText } from 'manytabs/report';

export { bytesText, countText } from 'manytabs/report';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One or two units, short: `7 ms`, `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return 'unknown';
  if (ms > 0 && ms < 95) return ms < 1 ? 'under 1 ms' : `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1).replace(/\.0$/, '')} s`;
  if (ms < 100 * SECOND) return `${Math.round(ms / SECOND)} s`;
  if (ms < 100 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < DAY) return hoursText(ms);
  return `${Math.floor(ms / DAY)} d`;
}

function hoursText(ms: number): string {
  const hours = Math.floor(ms / HOUR);
  const minutes = Math.floor((ms - hours * HOUR) / MINUTE);
  return minutes === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes} min`;
}

/** `about 2–4 min left`; a range, as one number would claim to know. */
export function etaText(etaMs: readonly [number, number] | undefined): string {
  if (!etaMs || etaMs.some(Number.isNaN)) return '';
  const [soon, late] = etaMs[0] <= etaMs[1] ? etaMs : [etaMs[1], etaMs[0]];
  if (!Number.isFinite(soon) || soon < 0) return '';
  const [from, to] = [durationText(soon), Number.isFinite(late) ? durationText(late) : 'longer'];
  if (from === to) return `about ${to} left`;
  const unit = to.split(' ').at(-1);
  const short =
    from.split(' ').length === 2 && from.endsWith(` ${unit}`) && to.split(' ').length === 2;
  return `about ${short ? from.split(' ')[0] : from} – ${to} left`;
}

/** How long ago: `now`, `12 s ago`, `3 min ago`. */
export function agoText(at: number, now: number): string {
  const ms = Math.max(0, now - at);
  return ms < 5 * SECOND ? 'now' : `${durationText(ms)} ago`;
}

/** `14:03:09` in the reader's time zone. */
export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour12: false });
}

/** `0.45/s`, `12/s`, `3,400/s`. */
export function rateText(perSecond: number): string {
  if (perSecond <= 0) return '0/s';
  if (perSecond < 10) return `${perSecond.toPrecision(2)}/s`;
  return `${countText(Math.round(perSecond))}/s`;
}
