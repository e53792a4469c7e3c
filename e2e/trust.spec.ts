import { expect, test, valuesOf } from './fixtures.ts';

/** Some milliseconds a task, so that everybody gets some; the sum of the digits of n in base 7, many times over. */
const DIGITS_JS = `export default (n) => {
  let sum = 0;
  for (let round = 0; round < 20000; round++) for (let m = n; m > 0; m = Math.floor(m / 7)) sum += m % 7;
  return sum / 20000;
};`;

function digits(count: number): number[] {
  return Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let m = n; m > 0; m = Math.floor(m / 7)) sum += m % 7;
    return sum;
  });
}

test('[VA18] [VA19] two honest tabs, two that collude and a trusted one give only right values, and the liars are shut out', async ({
  grid,
  openTab,
}) => {
  await openTab();
  await openTab();
  const liars = [await openTab({ fault: 'wrong' }), await openTab({ fault: 'wrong' })];
  await openTab({ token: grid.ready.token });
  const file = grid.file('digits.js', DIGITS_JS);
  const options = ['--inputs', 'range:0..1000', '--trust', 'standard', '--json'];
  const { code, rows } = await grid.run('run', file, ...options);
  expect(valuesOf(rows, 1_000)).toEqual(digits(1_000));
  expect(rows[0]).toMatchObject({ trust: { tier: 'standard' } });
  expect(code).toBe(0);
  const nodes = await grid.run('nodes', '--json');
  const shutOut = nodes.rows.filter(({ state }) => state === 'quarantined');
  expect(shutOut.map(({ volunteer }) => volunteer).sort()).toEqual(
    liars.map(({ volunteer }) => volunteer).sort(),
  );
  const events = await grid.run('events', '--json');
  expect(events.rows.filter(({ event }) => event === 'volunteer-quarantined')).toHaveLength(2);
});

test('[VA18] one tab at standard decides nothing and says what it needs; with a second one the job ends', async ({
  grid,
  openTab,
}) => {
  await openTab();
  const file = grid.file('digits.js', DIGITS_JS);
  const run = ['run', file, '--inputs', 'range:0..40', '--trust', 'standard', '--detach', '--json'];
  const { rows } = await grid.run(...run);
  const job = String(rows[0]?.job);
  await expect
    .poll(async () => (await grid.run('explain', job)).stdout)
    .toContain('It needs 1 more volunteer');
  expect((await grid.run('explain', job, '--task', '0')).stdout).toContain('provisional');
  await openTab();
  const results = await grid.run('results', job, '--json');
  expect(valuesOf(results.rows, 40)).toEqual(digits(40));
});

test('[VA11] each tier does what its row says, and a quorum is kept to', async ({
  grid,
  openTab,
}) => {
  for (let tab = 0; tab < 3; tab++) await openTab();
  const file = grid.file('digits.js', DIGITS_JS);
  const ask = async (...how: string[]) => {
    const { rows } = await grid.run('run', file, '--inputs', 'range:0..60', ...how, '--json');
    expect(valuesOf(rows, 60)).toEqual(digits(60));
    return rows.slice(0, -1).map(({ trust }) => trust as { votes: number; confidence: number });
  };
  for (const { votes } of await ask('--trust', 'none')) expect(votes).toBe(1);
  for (const { votes } of await ask('--quorum', '3')) expect(votes).toBeGreaterThanOrEqual(3);
  for (const { votes } of await ask('--trust', 'strict')) expect(votes).toBeGreaterThanOrEqual(2);
  for (const { confidence } of await ask('--trust', 'draft'))
    expect(confidence).toBeGreaterThan(0.98);
  const standard = await ask('--trust', 'standard');
  for (const { confidence } of standard) expect(confidence).toBeGreaterThan(0.99);
});

/** Some milliseconds to find, none to see: the least factor of n above 1. */
const FACTOR_JS = `export default (n) => {
  for (let round = 0; round < 2000; round++) { let m = 2; while (n % m) m++; if (round === 1999) return m; }
};
export const verify = (n, m) => Number.isInteger(m) && m > 1 && n % m === 0;
export const equal = (own, other) => own === other;`;

test('[VA30] [VA35] [UI290] what two tabs check is computed once; a liar gets nothing past them and is shut out', async ({
  grid,
  openTab,
}) => {
  for (let tab = 0; tab < 3; tab++) await openTab();
  const liar = await openTab({ fault: 'wrong' });
  const file = grid.file('factor.js', FACTOR_JS);
  const ask = async (...how: string[]) => {
    const options = ['--inputs', 'range:1001..1401', ...how, '--json'];
    const { code, rows } = await grid.run('run', file, ...options);
    expect(code).toBe(0);
    valuesOf(rows, 400).forEach((factor, i) => void expect((1_001 + i) % Number(factor)).toBe(0));
    expect(rows[0]).toMatchObject({ trust: { tier: 'standard' } });
  };
  await ask('--verify');
  const nodes = await grid.run('nodes', '--json');
  const shutOut = nodes.rows.filter(({ state }) => state === 'quarantined');
  expect(shutOut.map(({ volunteer }) => volunteer)).toEqual([liar.volunteer]);
  await ask('--compare', 'equal');
});

test('[UI291] a task is replayed in the console, which gives the same as an honest tab and not as one that lies', async ({
  grid,
  openTab,
  page,
}) => {
  const file = grid.file('digits.js', DIGITS_JS);
  const replayed = async () => {
    const { rows } = await grid.run('run', file, '--inputs', 'range:0..12', '--json');
    await page.goto(grid.ready.console);
    await page.goto(new URL(`#/jobs/${rows.at(-1)?.job}`, page.url()).href);
    await page.getByRole('button', { name: 'Story of task 7', exact: true }).click();
    await page.getByRole('button', { name: 'Replay it here and compare' }).click();
    const status = page.getByRole('dialog').getByRole('status');
    await expect(status).toContainText('This tab gives');
    return status.textContent();
  };
  const honest = await openTab();
  expect(await replayed()).toContain('This tab gives the same.');
  await honest.page.close();
  await openTab({ fault: 'wrong' });
  expect(await replayed()).toMatch(/something else.*here: 1.*recorded: 2/);
});
