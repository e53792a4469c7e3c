import { MemoryKeyValue } from '@manytabs/storage';
import { expect, test, vi } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { AuditLog } from '../access/audit-log.ts';
import { Tokens } from '../access/tokens.ts';
import { range } from '../client/inputs.ts';

test('[AC11] jobs, and volunteers that are quarantined, are in the audit log', async () => {
  const store = new MemoryKeyValue();
  const audit = new AuditLog(store, Date.now);
  const tokens = await Tokens.open({ store, clock: Date.now, ownerToken: 'owner' });
  const world = new MemoryGrid({ access: { tokens, audit } });
  const told = async () =>
    (await audit.read(0)).map(({ action, subject }) => ({ action, subject }));
  try {
    const grid = await world.submitter();
    const liar = world.donate({ fault: 'wrong' });
    world.donate();
    world.donate();
    const job = grid.map(range(0, 300), (n: number) => n, { quorum: 2 });
    expect(await job).toHaveLength(300);
    const endless = grid.map(range(0, 1e9), (n: number) => n);
    await endless.submitted;
    await endless.cancel('enough');
    const { volunteer } = liar.view;
    const isShutOut = async () =>
      (await grid.nodes()).some(
        (node) => node.volunteer === volunteer && node.state === 'quarantined',
      );
    for (let round = 0; round < 20 && !(await isShutOut()); round++) {
      await grid.map([round, 1, 2, 3, 4, 5, 6, 7], (n: number) => n * 2, { quorum: 2 });
    }
    expect(await isShutOut()).toBe(true);
    await vi.waitFor(async () => {
      const entries = await told();
      expect(entries).toContainEqual({ action: 'job-submitted', subject: job.id });
      expect(entries).toContainEqual({ action: 'job-cancelled', subject: endless.id });
      expect(entries).toContainEqual({ action: 'volunteer-quarantined', subject: volunteer });
    });
    const quarantines = (await told()).filter(({ action }) => action === 'volunteer-quarantined');
    expect(quarantines).toHaveLength(1);
  } finally {
    await world.close();
    tokens.close();
  }
});
