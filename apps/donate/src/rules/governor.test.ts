import fc from 'fast-check';
import type { DonationState } from 'manytabs/volunteer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CONTROLS_OF, type Control } from '../controls.ts';
import { FakeDonation } from '../fixture/fake-donation.ts';
import { phaseOf, reasonOf } from '../phase.ts';
import { NO_WORK } from '../record/work-record.ts';
import { Session } from '../session.ts';
import { restWording, wordingOf } from '../wording.ts';
import { Governor } from './governor.ts';
import { NO_QUIET_HOURS, toggleHour, weekHourOf } from './quiet-hours.ts';
import { firstRules } from './rules.ts';

// The person, the device and the grid each do as they like, in any order.

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 25, 14, 30) });
  vi.stubGlobal('document', { hidden: false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function setup() {
  const battery = Object.assign(new EventTarget(), { charging: true, level: 1 });
  vi.stubGlobal('navigator', { getBattery: async () => battery });
  let donation: FakeDonation | undefined;
  const load = async () => (options: ConstructorParameters<typeof FakeDonation>[0]) => {
    donation = new FakeDonation(options);
    return donation;
  };
  const session = new Session({ load, url: 'http://grid.test/', workers: 1 });
  const rules = {
    ...firstRules({ handheld: false, workers: undefined }),
    battery: 'pause',
  } as const;
  const governor = new Governor({ rules, record: NO_WORK, cores: 4, onChange: () => {} });
  governor.govern(session);
  const grid = (state: DonationState, from: readonly DonationState[]) => {
    if (donation && from.includes(session.view.state)) donation.show({ state });
  };
  const press = (control: Control) => {
    if (CONTROLS_OF[session.view.state][control] !== 'ready') return;
    if (control === 'pause') governor.onPause();
    else if (control === 'resume') governor.onResume();
    else session[control]();
  };
  const charge = (charging: boolean) => {
    battery.charging = charging;
    battery.dispatchEvent(new Event('chargingchange'));
  };
  return { session, governor, grid, press, charge };
}

type Scene = Awaited<ReturnType<typeof setup>>;

const LINKED: readonly DonationState[] = ['waiting', 'fetching', 'computing', 'reconnecting'];
const hour = () => weekHourOf(new Date());

const ACTIONS: Readonly<Record<string, (scene: Scene) => unknown>> = {
  start: ({ press }) => press('start'),
  pause: ({ press }) => press('pause'),
  resume: ({ press }) => press('resume'),
  finish: ({ press }) => press('finish'),
  stop: ({ press }) => press('stop'),
  linked: ({ grid }) => grid('waiting', ['connecting', 'reconnecting']),
  work: ({ grid }) => grid('computing', LINKED),
  'no work': ({ grid }) => grid('waiting', LINKED),
  'link lost': ({ grid }) => grid('reconnecting', LINKED),
  failed: ({ grid }) => grid('failed', ['connecting', ...LINKED]),
  ended: ({ grid }) => grid('idle', ['finishing']),
  'on battery': ({ charge }) => charge(false),
  charging: ({ charge }) => charge(true),
  'quiet hours': ({ governor }) =>
    governor.change({ quietHours: toggleHour(governor.rules.quietHours, hour()) }),
  'no quiet hours': ({ governor }) => governor.change({ quietHours: NO_QUIET_HOURS }),
  'pause for an hour': ({ governor }) => governor.change({ pausedUntil: Date.now() + 3_600_000 }),
  second: () => vi.advanceTimersByTimeAsync(1_000),
  'sleep of hours': () => vi.setSystemTime(Date.now() + 5 * 3_600_000),
  'clock set back': () => vi.setSystemTime(Date.now() - 3_600_000),
};

const AT_WORK: ReadonlySet<DonationState> = new Set(LINKED);

function check({ session, governor }: Scene): void {
  const { view } = session;
  const { allowance, isResting } = governor;
  if (allowance.rest !== undefined) expect(AT_WORK.has(view.state)).toBe(false);
  const rest = isResting ? allowance.rest : undefined;
  const phase = phaseOf(view.state, rest);
  expect(reasonOf(view, rest) !== '').toBe(phase === 'waiting' || phase === 'error');
  const until = allowance.rest === undefined ? undefined : allowance.until;
  const { title, detail } = rest === undefined ? wordingOf(view) : restWording(rest, until);
  expect(title).not.toBe('');
  expect(detail).toMatch(/\S.{20,}/);
}

test('[UI251] whatever the person, the device and the grid do, no rule is broken and every wait has a reason', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(ACTIONS)), { maxLength: 40 }),
      async (names) => {
        const scene = await setup();
        for (const name of names) {
          await ACTIONS[name]?.(scene);
          await vi.advanceTimersByTimeAsync(0);
          check(scene);
        }
        scene.press('stop');
        expect(scene.session.view.state).toBe('idle');
        vi.clearAllTimers();
      },
    ),
    { numRuns: 300 },
  );
});

async function play(...names: readonly (keyof typeof ACTIONS)[]): Promise<Scene> {
  const scene = await setup();
  for (const name of names) {
    await ACTIONS[name]?.(scene);
    await vi.advanceTimersByTimeAsync(0);
  }
  return scene;
}

test('[UI251] rest by a rule ends by itself, a pause by the person does not', async () => {
  const rested = await play('start', 'linked', 'work', 'second', 'on battery');
  expect(rested.session.view.state).toBe('paused');
  rested.charge(true);
  expect(rested.session.view.state).toBe('computing');

  const paused = await play('start', 'linked', 'work', 'second', 'pause', 'on battery', 'charging');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(paused.session.view.state).toBe('paused');
  expect(paused.governor.isResting).toBe(false);
});

test('[UI251] Keep going under a rule that rests is rest, and not the end', async () => {
  const names = ['start', 'linked', 'work', 'second', 'finish', 'on battery', 'resume'] as const;
  const { session, governor, charge } = await play(...names);
  expect(session.view.state).toBe('paused');
  expect(governor.isResting).toBe(true);
  charge(true);
  expect(session.view.state).toBe('computing');
});

test('[UI251] a pause for an hour is over after a sleep of hours', async () => {
  const names = ['start', 'linked', 'work', 'pause for an hour', 'sleep of hours'] as const;
  const { session } = await play(...names);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(session.view.state).toBe('computing');
});
