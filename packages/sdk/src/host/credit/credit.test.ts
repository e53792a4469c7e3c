import type { AccountView } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { MemoryGrid } from '../../../test/memory-grid.ts';
import { AuditLog } from '../../access/audit-log.ts';
import { Tokens } from '../../access/tokens.ts';
import { range } from '../../client/inputs.ts';
import type { TabDonation } from '../../volunteer/donation.ts';

const worlds: MemoryGrid[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

function newWorld(options: ConstructorParameters<typeof MemoryGrid>[0] = {}): MemoryGrid {
  const world = new MemoryGrid(options);
  worlds.push(world);
  return world;
}

const read = (tab: TabDonation) => tab.account({ do: 'read' });
const profile = { team: 'Blue', isListed: true } as const;

async function linked(tab: TabDonation): Promise<TabDonation> {
  await vi.waitFor(() => expect(tab.view.road).toBeDefined());
  return tab;
}

test('[CO220] credit is for final results: a vote that lost, or has not won yet, has none', async () => {
  const world = newWorld();
  const grid = await world.submitter();
  const liar = await linked(world.donate({ fault: 'wrong' }));
  const honest = [await linked(world.donate()), await linked(world.donate())];
  await grid.map(range(0, 60), (n: number) => n + 1, { quorum: 2 });
  for (const tab of honest) expect((await read(tab)).credit.tasks).toBeGreaterThan(0);
  const sum = (await Promise.all(honest.map(read))).reduce(
    (all, { credit }) => all + credit.tasks,
    0,
  );
  expect(sum).toBe(120);
  expect((await read(liar)).credit).toEqual({ tasks: 0, ms: 0 });
});

test('[CO220] credit outlives the coordinator, and a task is credited once', async () => {
  const world = newWorld();
  const grid = await world.submitter();
  const tab = await linked(world.donate());
  await grid.map(range(0, 40), (n: number) => n, { quorum: 1 });
  const volunteer = tab.view.volunteer as NonNullable<typeof tab.view.volunteer>;
  await world.host.close();
  const heir = world.successor();
  worlds.push(heir);
  await heir.host.recover();
  expect(await heir.host.accounts.book.of(volunteer)).toMatchObject({ tasks: 40 });
});

test('[CO221] a second device joins by a code, which works once; both count for one donor', async () => {
  const world = newWorld();
  const grid = await world.submitter();
  const one = await linked(world.donate());
  const two = await linked(world.donate());
  await grid.map(range(0, 50), (n: number) => n, { quorum: 2 });
  await one.account({ do: 'profile', name: 'Ada', ...profile });
  const { linkCode } = await one.account({ do: 'link-code' });
  const code = linkCode?.code ?? '';
  expect(code).toMatch(/^[a-z2-7]{10}$/);
  const joined = await two.account({ do: 'link', code: code.toUpperCase() });
  expect(joined.donor).toMatchObject({ name: 'Ada', devices: 2, credit: { tasks: 100 } });
  expect(joined.credit.tasks).toBe(50);
  const three = await linked(world.donate());
  await expect(three.account({ do: 'link', code })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  const alone = await two.account({ do: 'unlink' });
  expect(alone.donor).toBeUndefined();
  expect((await read(one)).donor).toMatchObject({ devices: 1, credit: { tasks: 50 } });
});

test('[CO221] who takes a wrong code too often must wait', async () => {
  const world = newWorld();
  const tab = await linked(world.donate());
  const codes: string[] = [];
  for (let i = 0; i < 30; i++)
    await tab
      .account({ do: 'link', code: `aaaaaaaa${i}` })
      .catch((thrown: { code: string }) => codes.push(thrown.code));
  expect(codes.slice(0, 5)).toEqual(Array(5).fill('input-invalid'));
  expect(codes.at(-1)).toBe('rate-limited');
});

test('[CO222] the statistics name those who want it, and no others', async () => {
  const world = newWorld();
  const grid = await world.submitter();
  const [ada, bob, eve] = [
    await linked(world.donate()),
    await linked(world.donate()),
    await linked(world.donate()),
  ];
  await grid.map(range(0, 30), (n: number) => n, { quorum: 3 });
  await ada?.account({ do: 'profile', name: 'Ada', ...profile });
  await bob?.account({ do: 'profile', name: 'Bob', team: 'Blue', isListed: false });
  const told = await world.host.accounts.statistics.read();
  expect(told).toMatchObject({
    version: 1,
    volunteers: 3,
    credit: { tasks: 90 },
    donors: [{ name: 'Ada', team: 'Blue', devices: 1, tasks: 30 }],
    teams: [{ team: 'Blue', donors: 1, tasks: 30 }],
  });
  expect(JSON.stringify(told)).not.toContain(`${eve?.view.volunteer}`);
});

test('[CO222] a name loses what steers a terminal or turns text around', async () => {
  const tab = await linked(newWorld().donate());
  const name = ' A\u202ed\u0007a\u200b  L. ';
  const { donor } = await tab.account({ do: 'profile', name, ...profile });
  expect(donor?.name).toBe('Ada L.');
});

test('[CO223] forget removes what the grid knows of a device', async () => {
  const world = newWorld();
  const grid = await world.submitter();
  const tab = await linked(world.donate());
  await grid.map(range(0, 10), (n: number) => n, { quorum: 1 });
  await tab.account({ do: 'profile', name: 'Ada', ...profile });
  const after = await tab.account({ do: 'forget' });
  expect(after).toEqual({ credit: { tasks: 0, ms: 0 } });
  expect((await world.host.accounts.statistics.read()).donors).toEqual([]);
});

test('[CO224] who is held back is told why and until when, and may appeal once', async () => {
  const store = new MemoryKeyValue();
  const audit = new AuditLog(store, Date.now);
  const tokens = await Tokens.open({ store, clock: Date.now, ownerToken: 'owner' });
  const world = newWorld({ access: { tokens, audit } });
  const grid = await world.submitter();
  const liar = await linked(world.donate({ fault: 'wrong' }));
  await expect(liar.account({ do: 'appeal', text: 'Why?' })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  await linked(world.donate());
  await linked(world.donate());
  let view: AccountView = await read(liar);
  for (let round = 0; round < 20 && !view.quarantine; round++) {
    await grid.map([round, 1, 2, 3, 4, 5, 6, 7], (n: number) => n * 2, { quorum: 2 });
    view = await read(liar);
  }
  const { quarantine } = view;
  expect(quarantine?.wrong).toBeGreaterThanOrEqual(3);
  expect(quarantine?.endsInMs).toBeGreaterThan(3_600_000);
  expect(quarantine?.seen.length).toBeGreaterThan(0);
  expect(quarantine?.hasAppealed).toBe(false);
  for (const text of ['My memory was faulty.', 'Again.']) {
    const appealed = await liar.account({ do: 'appeal', text });
    expect(appealed.quarantine?.hasAppealed).toBe(true);
  }
  await vi.waitFor(async () => {
    const appeals = (await audit.read(0)).filter(({ action }) => action === 'volunteer-appealed');
    expect(appeals.map(({ subject, note }) => [subject, note])).toEqual([
      [liar.view.volunteer, 'My memory was faulty.'],
    ]);
  });
  tokens.close();
});
