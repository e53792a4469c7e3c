import type { DonationState, DonationView } from 'manytabs/volunteer';
import { problemText } from './problems.ts';

/** What the page says of a state: what is the case, why, and what comes next or can be done. */
export interface Wording {
  readonly title: string;
  readonly detail: string;
}

type Teller = (view: DonationView) => Wording;

const TELLERS: Readonly<Record<DonationState, Teller>> = {
  idle: (view) =>
    view.tasksDone + view.tasksFailed > 0 || view.busyMs > 0
      ? {
          title: 'Stopped',
          detail: 'Nothing runs and nothing is connected any more. Press Start to go on.',
        }
      : {
          title: 'Nothing runs yet',
          detail: 'Press Start to lend this tab. Until then it connects to nothing.',
        },
  connecting: (view) => ({
    title: 'Connecting',
    detail:
      view.problem === undefined
        ? 'Testing the sandbox on this browser, then calling the grid. This takes a second or two.'
        : `${problemText(view.problem).title}. It is tried again by itself. (${view.problem.code})`,
  }),
  waiting: () => ({
    title: 'Waiting for work',
    detail:
      'The grid has nothing to do right now. Leave this tab open: it starts by itself when a job arrives.',
  }),
  fetching: (view) => ({
    title: 'Fetching a job',
    detail: `Getting the program and files${ofJob(view)}. Computing starts when they are here.`,
  }),
  computing: () => ({
    title: 'Computing',
    detail: 'Going well. You can use other tabs and windows meanwhile.',
  }),
  paused: () => ({
    title: 'Paused',
    detail:
      'Nothing computes. Tasks at work keep their place or begin again; press Resume to go on with them.',
  }),
  finishing: (view) => ({
    title: 'Finishing',
    detail: `${tasksAtWork(view.running)} to end and be sent; nothing new is taken. Then this tab stops by itself.`,
  }),
  reconnecting: () => ({
    title: 'Reconnecting',
    detail:
      'The connection to the grid is lost and is being made again. Tasks at work go on; no result is lost.',
  }),
  failed: (view) => problemText(view.problem),
};

export function wordingOf(view: DonationView): Wording {
  return TELLERS[view.state](view);
}

function ofJob(view: DonationView): string {
  return view.job === undefined ? '' : ` of “${view.job.name}”`;
}

function tasksAtWork(running: number): string {
  if (running === 0) return 'The last results wait';
  return running === 1 ? 'One task is left' : `${running} tasks are left`;
}

const MARKS: Readonly<Record<DonationState, string>> = {
  idle: '',
  connecting: '…',
  waiting: '…',
  fetching: '…',
  computing: '▶',
  paused: '⏸',
  finishing: '▶',
  reconnecting: '↻',
  failed: '⚠',
};

const PAGE_NAME = 'Manytabs';

/** The tab's title: the state as a sign, and the tasks done once there are any. */
export function titleOf(view: DonationView): string {
  if (view.state === 'idle') return `${PAGE_NAME} – lend this tab`;
  const tasks = view.tasksDone === 0 ? '' : ` ${countOf(view.tasksDone, 'task')} ·`;
  return `${MARKS[view.state]}${tasks} ${PAGE_NAME}`;
}

export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
