import type { DonationState, DonationView } from 'manytabs/volunteer';
import { problemText } from './problems.ts';
import type { RestReason } from './rules/allowance.ts';
import type { PageKey } from './words/page/en.ts';
import { pageLanguage, say } from './words/page-speaker.ts';

/** What the page says of a state: what is the case, why, and what comes next or can be done. */
export interface Wording {
  readonly title: string;
  readonly detail: string;
}

type Teller = (view: DonationView) => Wording;

const plain = (key: PageKey, detail: PageKey): Teller => {
  return () => ({ title: say(key), detail: say(detail) });
};

const TELLERS: Readonly<Record<DonationState, Teller>> = {
  idle: (view) =>
    view.tasksDone + view.tasksFailed > 0 || view.busyMs > 0
      ? { title: say('state.stopped'), detail: say('state.stopped-detail') }
      : { title: say('state.idle'), detail: say('state.idle-detail') },
  connecting: (view) => ({ title: say('state.connecting'), detail: connectingDetail(view) }),
  waiting: plain('state.waiting', 'state.waiting-detail'),
  fetching: (view) => ({ title: say('state.fetching'), detail: fetchingDetail(view) }),
  computing: plain('state.computing', 'state.computing-detail'),
  paused: plain('state.paused', 'state.paused-detail'),
  finishing: ({ running }) => ({
    title: say('state.finishing'),
    detail:
      running === 0
        ? say('state.finishing-results')
        : say('state.finishing-tasks', { count: running }),
  }),
  reconnecting: () => ({
    title: say('state.reconnecting'),
    detail: say(isOffline() ? 'state.offline-detail' : 'state.reconnecting-detail'),
  }),
  failed: (view) => problemText(view.problem),
};

function connectingDetail({ problem }: DonationView): string {
  if (problem === undefined) return say('state.connecting-detail');
  const { title } = problemText(problem);
  return say('state.connecting-again', { problem: title, code: problem.code });
}

function fetchingDetail({ job }: DonationView): string {
  if (job === undefined) return say('state.fetching-detail');
  return say('state.fetching-of', { job: job.name });
}

function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false;
}

/** What the page says of rest by one of the person's own rules. */
export function restWording(reason: RestReason, until: number | undefined): Wording {
  const time = until === undefined ? '–' : timeOf(new Date(until));
  return { title: say('rest.title'), detail: say(`rest.${reason}`, { time }) };
}

/** What the page says where the grid answers and no road for work leads to it. */
export function blockedWording(host: string, code: string): Wording {
  return { title: say('state.blocked'), detail: say('state.blocked-detail', { host, code }) };
}

/** What the page says where the grid gives this volunteer nothing for a while. */
export function heldBackWording(): Wording {
  return { title: say('account.quarantine'), detail: say('account.quarantine-detail') };
}

function timeOf(date: Date): string {
  const options = { weekday: 'long', hour: 'numeric', minute: '2-digit' } as const;
  return date.toLocaleString(pageLanguage(), options);
}

export function wordingOf(view: DonationView): Wording {
  return TELLERS[view.state](view);
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
  if (view.state === 'idle') return say('page.title');
  const tasks = view.tasksDone === 0 ? '' : ` ${say('numbers.tasks', { count: view.tasksDone })} ·`;
  return `${MARKS[view.state]}${tasks} ${PAGE_NAME}`;
}
