import { describe, expect, test } from 'vitest';
import { FakeDonation } from './fixture/fake-donation.ts';
import { type DonationMaker, Session } from './session.ts';

interface Load {
  resolve(): void;
  reject(): void;
}

function setup() {
  const donations: FakeDonation[] = [];
  const loads: Load[] = [];
  const make: DonationMaker = (options) => {
    const donation = new FakeDonation(options);
    donations.push(donation);
    return donation;
  };
  const load = () =>
    new Promise<DonationMaker>((resolve, reject) => {
      loads.push({ resolve: () => resolve(make), reject: () => reject(new Error('offline')) });
    });
  const session = new Session({ load, url: 'http://grid.test/', workers: 2, token: 't0k' });
  const seen: string[] = [];
  session.subscribe(() => seen.push(session.view.state));
  return { session, donations, loads, seen };
}

async function started() {
  const parts = setup();
  parts.session.start();
  await settle(parts.loads[0]);
  const donation = parts.donations[0];
  if (donation === undefined) expect.unreachable();
  return { ...parts, donation };
}

/** Ends a load and lets those who wait for it go on. */
async function settle(load: Load | undefined, how: keyof Load = 'resolve'): Promise<void> {
  load?.[how]();
  await new Promise(setImmediate);
}

describe('a session', () => {
  test('[UI40] fetches and makes nothing before start', () => {
    const { session, loads, donations } = setup();
    session.setWorkers(5);
    session.stop();
    expect(loads).toHaveLength(0);
    expect(donations).toHaveLength(0);
    expect(session.view).toMatchObject({ state: 'idle', workers: 5 });
  });

  test('start makes one donation with the options of the address, and starts it', async () => {
    const { session, donation, donations, seen } = await started();
    session.start();
    expect(donations).toHaveLength(1);
    expect(donation.options).toEqual({
      url: 'http://grid.test/',
      workers: 2,
      token: 't0k',
      duty: 1,
    });
    expect(donation.commands).toEqual(['start']);
    expect(seen[0]).toBe('connecting');
  });

  test('[UI42] stop while the program still loads: nothing is made', async () => {
    const { session, loads, donations } = setup();
    session.start();
    session.stop();
    expect(session.view.state).toBe('idle');
    await settle(loads[0]);
    expect(donations).toHaveLength(0);
  });

  test('a program that cannot be fetched fails, and start tries again', async () => {
    const { session, loads, donations } = setup();
    session.start();
    await settle(loads[0], 'reject');
    expect(session.view).toMatchObject({ state: 'failed', problem: { code: 'unreachable' } });
    session.start();
    await settle(loads[1]);
    expect(session.view).toMatchObject({ state: 'connecting', problem: undefined });
    expect(donations).toHaveLength(1);
  });

  test('passes the buttons on', async () => {
    const { session, donation } = await started();
    session.pause();
    session.resume();
    session.finish();
    session.stop();
    expect(donation.commands).toEqual(['start', 'pause', 'resume', 'finish', 'stop']);
    expect(session.view.state).toBe('idle');
  });

  test('[UI44] a change of power reaches a donation at work', async () => {
    const { session, donation } = await started();
    session.setWorkers(7);
    expect(donation.commands).toEqual(['start', 'workers 7']);
    expect(session.view.workers).toBe(7);
  });

  test('[UI44] a change of power while the program loads counts', async () => {
    const { session, loads, donations } = setup();
    session.start();
    session.setWorkers(7);
    await settle(loads[0]);
    expect(donations[0]?.options.workers).toBe(7);
  });

  test('a new start after stop goes on with the same donation and its counts', async () => {
    const { session, donation, donations } = await started();
    donation.show({ tasksDone: 10 });
    session.stop();
    session.start();
    expect(donations).toHaveLength(1);
    expect(donation.commands).toEqual(['start', 'stop', 'start']);
    expect(session.view).toMatchObject({ state: 'connecting', tasksDone: 10 });
  });

  test('[UI42] stop after a failure goes back to the beginning', async () => {
    const { session, donation } = await started();
    donation.show({ state: 'failed', problem: { code: 'timeout', message: 'slow' } });
    session.stop();
    expect(session.view).toMatchObject({ state: 'idle', problem: undefined });
  });

  test('pictures reach the page while it listens', async () => {
    const { session, donation } = await started();
    const indexes: number[] = [];
    const unsubscribe = session.onPicture(({ index }) => indexes.push(index));
    const picture = { kind: 'result', jobId: 'j' as never, value: 1 } as const;
    donation.paint({ ...picture, index: 4 });
    unsubscribe();
    donation.paint({ ...picture, index: 5 });
    expect(indexes).toEqual([4]);
  });
});
