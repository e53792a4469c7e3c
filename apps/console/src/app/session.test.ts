import { GridError } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { expect, test } from 'vitest';
import { FakeGrid } from '../fixture/fake-grid.ts';
import { OwnDonationStore } from './own-donation.ts';
import { Connector } from './session.ts';

/** A grid whose link state a test changes. */
class LinkedGrid extends FakeGrid {
  tell: (state: GridApi['state']) => void = () => {};

  override on(_name: 'state', listener: (state: GridApi['state']) => void): () => void {
    this.tell = listener;
    return () => {};
  }
}

test('[UI24] the connection is missing a token, open, reconnecting or failed, and says which', async () => {
  const grid = new LinkedGrid('empty');
  const connector = new Connector(async () => grid);
  await connector.open(undefined);
  expect(connector.getConnection().state).toBe('token-missing');
  await connector.open('t');
  expect(connector.getConnection()).toMatchObject({ state: 'open', link: 'connected' });
  grid.tell('reconnecting');
  expect(connector.getConnection()).toMatchObject({ state: 'open', link: 'reconnecting' });
  const refused = new Connector(async () => {
    throw new GridError('token-refused', 'No.');
  });
  await refused.open('t');
  expect(refused.getConnection()).toMatchObject({
    state: 'failed',
    error: { code: 'token-refused' },
  });
});

test('[UI24] of two attempts the newer one counts, and the other is closed', async () => {
  const grids: FakeGrid[] = [];
  const waiting: (() => void)[] = [];
  const connector = new Connector(async () => {
    const grid = new FakeGrid('empty');
    grids.push(grid);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return grid;
  });
  const attempts = [connector.open('old'), connector.open('new')];
  waiting[1]?.();
  waiting[0]?.();
  await Promise.all(attempts);
  const connection = connector.getConnection();
  expect(connection.state === 'open' && connection.session.grid === grids[1]).toBe(true);
  expect(grids.map((grid) => grid.state)).toEqual(['closed', 'connected']);
});

test('[UI25] the code that computes in this tab is loaded when asked for, and a failure is told', async () => {
  let opened = 0;
  const store = new OwnDonationStore(async () => {
    opened++;
    throw new GridError('sandbox-refused', 'no workers');
  });
  expect([store.get().state, opened]).toEqual(['off', 0]);
  await store.start();
  expect(store.get()).toMatchObject({ state: 'failed', error: { code: 'sandbox-refused' } });
});
