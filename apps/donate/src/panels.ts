import type { DonationView } from 'manytabs/volunteer';
import { bytes, count, duration } from './format.ts';
import { part, setText } from './parts.ts';
import { say } from './words/page-speaker.ts';

const ROADS = {
  webrtc: 'WebRTC',
  websocket: 'WebSocket',
  memory: 'this page',
} as const;

/** What is computed, and for whom. The last job stays in sight with its picture when the work is over. */
export function showJob(view: DonationView): void {
  setText(part('grid-name'), view.grid ?? '');
  setText(part('job-when'), say(isAtWork(view) ? 'work.over-now' : 'work.over-last'));
  const job = view.job;
  if (job === undefined) return;
  part('work').hidden = false;
  setText(part('job-name'), job.name === '' ? say('work.no-name') : job.name);
  setText(part('job-purpose'), job.purpose === '' ? say('work.no-purpose') : job.purpose);
  setText(part('job-submitter'), job.submitter);
}

function isAtWork({ state, running }: DonationView): boolean {
  return running > 0 || state === 'fetching' || state === 'paused';
}

/** With the first Start the promise shrinks, and the consent goes to the end, out of the way of what is computed. */
export function makeRoom(view: DonationView): void {
  const data = document.documentElement.dataset;
  if (view.state === 'idle' || data.begun !== undefined) return;
  data.begun = '';
  part('power-card').after(part('consent'));
}

/** What this visit has given so far. */
export function showNumbers(view: DonationView): void {
  part('numbers').hidden = view.state === 'idle' && view.startedAt === undefined;
  showBars(view);
  setText(part('tasks-done'), count(view.tasksDone));
  setText(part('tasks-failed'), count(view.tasksFailed));
  setText(part('busy'), duration(view.busyMs));
  setText(part('shards'), shardsText(view));
  setText(part('served'), say('numbers.pieces', { count: view.shardsServed }));
  setText(part('road'), view.road === undefined ? '–' : ROADS[view.road]);
  setText(
    part('who'),
    view.volunteer === undefined ? '' : say('numbers.who', { id: view.volunteer }),
  );
}

function shardsText(view: DonationView): string {
  return view.shards === 0
    ? say('numbers.none')
    : `${say('numbers.pieces', { count: view.shards })}, ${bytes(view.shardBytes)}`;
}

function showBars(view: DonationView): void {
  const bars = part('bars');
  while (bars.childElementCount < view.workers) bars.append(document.createElement('i'));
  while (bars.childElementCount > view.workers) bars.lastElementChild?.remove();
  Array.from(bars.children, (bar, i) => bar.classList.toggle('busy', i < view.running));
  const text = say('numbers.busy-of', { running: view.running, count: view.workers });
  setText(part('bars-text'), text);
  if (bars.ariaLabel !== text) bars.ariaLabel = text;
}
